using GraphEngine.Data;
using GraphEngine.Graphs;

namespace GraphEngine.Cli.Tests;

/// <summary>Twelve items with features, ids and three classes, and five tags without any, joined by three relations.</summary>
internal static class TinyData
{
    private const int Items = 12;
    private const int Tags = 5;

    private static readonly string[] Classes = ["red", "green", "blue"];

    public static GraphData Data { get; } = new(
        "tiny", "free", "made up",
        new HeteroGraph(
            new GraphSchema(
                [new NodeType("item", 4), new NodeType("tag")],
                [new EdgeType("like", "item", "item"), new EdgeType("has", "item", "tag"), new EdgeType("of", "tag", "item")]),
            [Items, Tags],
            [
                new EdgeList([.. Enumerable.Range(0, Items)], [.. Enumerable.Range(0, Items).Select(i => (i + 3) % Items)]),
                new EdgeList([.. Enumerable.Range(0, Items)], [.. Enumerable.Range(0, Items).Select(i => i % Tags)]),
                new EdgeList([0, 1, 2, 3, 4], [0, 1, 2, 3, 4]),
            ]),
        [new FeatureMatrix(4, [.. Enumerable.Range(0, Items * 4).Select(k => k % 4 == k / 4 % 3 ? 1f : 0.01f * (k % 7))]), null],
        [[.. Enumerable.Range(0, Items).Select(i => $"item-{i}")], null],
        [
            new NodeTask(
                "colour", "item", Classes, MultiLabel: false, [.. Enumerable.Range(0, Items).Select(i => (int[])[i % 3])],
                [.. Enumerable.Range(0, Items).Select(i => i < 6 ? Split.Train : i < 9 ? Split.Valid : Split.Test)]),
        ]);

    /// <summary>Writes the data set to a folder inside another.</summary>
    public static string WriteTo(string folder)
    {
        string path = Path.Combine(folder, "tiny");
        DatasetFolder.Write(Data, path);
        return path;
    }
}
