namespace GraphEngine.Graphs;

/// <summary>A kind of edge: a relation from one node type to another.</summary>
/// <param name="Name">Unique within a schema.</param>
/// <param name="Source">The node type its edges leave.</param>
/// <param name="Target">The node type its edges enter.</param>
public sealed record EdgeType(string Name, string Source, string Target);
