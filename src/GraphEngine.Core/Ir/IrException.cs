namespace GraphEngine.Ir;

/// <summary>A program that does not make sense: spaces, maps or shapes that do not fit. The message names the op and its operands.</summary>
/// <param name="message">The sentence.</param>
public sealed class IrException(string message) : Exception(message);
