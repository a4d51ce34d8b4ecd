namespace GraphEngine.Graphs;

/// <summary>A node outside of an engine graph: its type by name and its number within the type.</summary>
/// <param name="Type">The node type's name.</param>
/// <param name="Index">The number of the node within its type.</param>
public readonly record struct NodeId(string Type, int Index);
