namespace GraphEngine.Graphs;

/// <summary>A kind of node.</summary>
/// <param name="Name">Unique within a schema.</param>
/// <param name="Features">The width of its input features; 0 when it has none.</param>
public sealed record NodeType(string Name, int Features = 0);
