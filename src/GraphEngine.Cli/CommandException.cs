namespace GraphEngine.Cli;

/// <summary>A command cannot do, or did not find, what was asked. The message is a sentence that names the thing and the cure.</summary>
/// <param name="message">The sentence.</param>
internal sealed class CommandException(string message) : Exception(message);
