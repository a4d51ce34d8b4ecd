using GraphEngine.Graphs;

namespace GraphEngine.Data.Tests;

/// <summary>Three papers with features and a task, two authors, and who writes and cites what.</summary>
internal static class SmallDataset
{
    public static GraphData Data { get; } = new(
        "small",
        "free",
        "made up",
        new HeteroGraph(
            new GraphSchema([new NodeType("paper", 2), new NodeType("author")], [new EdgeType("writes", "author", "paper"), new EdgeType("cites", "paper", "paper")]),
            [3, 2],
            [new EdgeList([0, 1, 1], [0, 1, 2]), new EdgeList([1, 2], [0, 0])]),
        [new FeatureMatrix(2, [1, 2, 3, 4, 5, 6]), null],
        [["p0", "p1", "p2"], null],
        [new NodeTask("topic", "paper", ["red", "blue"], MultiLabel: false, [[0], [1], []], [Split.Train, Split.Test, Split.None])]);
}
