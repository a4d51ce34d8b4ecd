namespace GraphEngine.Runtime;

/// <summary>A device id names nothing that can be opened here. The message says what exists.</summary>
public sealed class DeviceNotFoundException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public DeviceNotFoundException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was asked for, what exists and what to do.</param>
    public DeviceNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">What was asked for, what exists and what to do.</param>
    /// <param name="innerException">What the driver said.</param>
    public DeviceNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
