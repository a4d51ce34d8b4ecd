namespace GraphEngine.Runtime;

/// <summary>A kernel failed while it ran on a device. Nothing that is in the memory of the device can be trusted any more.</summary>
public sealed class KernelFailedException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public KernelFailedException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed and what to do.</param>
    public KernelFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">What failed and what to do.</param>
    /// <param name="innerException">What the driver said.</param>
    public KernelFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The error of a launch; drivers tell it at a later call than the one that made it.</summary>
    internal static KernelFailedException Of(string call, int result)
    {
        string meaning = result switch { 700 => ", a read or write outside of memory", 719 => ", a fault of the kernel", _ => "" };
        return new($"A kernel of this run or of an earlier one failed on the device: the NVIDIA driver answers {call} with error {result}{meaning}. Open the device again.");
    }
}
