namespace GraphEngine.Graphs;

/// <summary>A data set in memory: a graph with its input features, node ids and tasks.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Licence">The terms it may be used under.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Graph">The graph.</param>
/// <param name="Features">The features of each node type; null where there are none.</param>
/// <param name="Ids">The external ids of each node type's nodes; null where there are none.</param>
/// <param name="Tasks">The tasks, the default one first.</param>
public sealed record GraphData(
    string Name, string Licence, string Source, HeteroGraph Graph,
    IReadOnlyList<FeatureMatrix?> Features, IReadOnlyList<string[]?> Ids, IReadOnlyList<NodeTask> Tasks)
{
    /// <summary>The full path of the folder it was read from; null for data made in memory, and for data sets that are found by their name.</summary>
    public string? Folder { get; init; }
}
