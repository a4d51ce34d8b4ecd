namespace GraphEngine.Cli;

/// <summary>Flags that contradict each other. The message is a sentence that names them.</summary>
/// <param name="message">The sentence.</param>
internal sealed class UsageException(string message) : Exception(message);
