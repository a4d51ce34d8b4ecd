namespace GraphEngine.Codegen;

/// <summary>A generated kernel is not valid C#, or a back end refuses it. The message names the kernel and the place.</summary>
public sealed class KernelCompilationException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public KernelCompilationException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which kernel, where, and what is wrong.</param>
    public KernelCompilationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">Which kernel, where, and what is wrong.</param>
    /// <param name="innerException">What the compiler threw.</param>
    public KernelCompilationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
