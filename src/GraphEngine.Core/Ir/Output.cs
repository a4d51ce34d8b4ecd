namespace GraphEngine.Ir;

/// <summary>A named result of a program.</summary>
/// <param name="Name">Unique within the program.</param>
/// <param name="Value">What it is.</param>
public sealed record Output(string Name, Node Value);
