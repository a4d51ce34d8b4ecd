namespace GraphEngine.Data;

/// <summary>What a data set must hold after its import.</summary>
/// <param name="Nodes">All nodes.</param>
/// <param name="Edges">All edges.</param>
/// <param name="NodeTypes">The number of node types.</param>
/// <param name="EdgeTypes">The number of edge types.</param>
/// <param name="Classes">The number of classes of the default task; 0 when it has none.</param>
public sealed record CatalogueCounts(int Nodes, int Edges, int NodeTypes, int EdgeTypes, int Classes);
