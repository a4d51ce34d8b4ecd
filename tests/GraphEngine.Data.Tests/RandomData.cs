using CsCheck;
using GraphEngine.Graphs;

namespace GraphEngine.Data.Tests;

/// <summary>Random data sets, with empty node types, empty relations, self loops, parallel edges, and every kind of column present or not.</summary>
internal static class RandomData
{
    public static Gen<GraphData> Any { get; } = Gen.Int[1, 4].SelectMany(types => Gen.Select(
        Gen.Int[0, 7].Array[types],
        Gen.Int[0, 3].Array[types],
        Gen.Bool.Array[types],
        Gen.Select(Gen.Int[0, types - 1], Gen.Int[0, types - 1], Gen.Int[0, 9]).Array[0, 5],
        Gen.Bool.Array[0, 2],
        Gen.Int).Select((counts, widths, ids, relations, tasks, seed) => Build(counts, widths, ids, relations, tasks, seed)));

    private static GraphData Build(int[] counts, int[] widths, bool[] ids, (int, int, int)[] relations, bool[] multiLabel, int seed)
    {
        Random random = new(seed);
        NodeType[] nodeTypes = [.. widths.Select((width, t) => new NodeType($"type {t}", width))];
        List<EdgeType> edgeTypes = [];
        List<EdgeList> edges = [];
        foreach ((int source, int target, int count) in relations)
        {
            int size = counts[source] == 0 || counts[target] == 0 ? 0 : count;
            edgeTypes.Add(new EdgeType($"http://example.org/{edgeTypes.Count}", nodeTypes[source].Name, nodeTypes[target].Name));
            edges.Add(new EdgeList([.. Enumerable.Range(0, size).Select(_ => random.Next(counts[source]))], [.. Enumerable.Range(0, size).Select(_ => random.Next(counts[target]))]));
        }
        return new GraphData(
            "random \"ünïcode\"",
            "none",
            "",
            new HeteroGraph(new GraphSchema(nodeTypes, edgeTypes), counts, edges),
            [.. widths.Select((width, t) => width == 0 ? null : new FeatureMatrix(width, [.. Enumerable.Range(0, counts[t] * width).Select(_ => random.NextSingle() - 0.5f)]))],
            [.. ids.Select((has, t) => has ? Enumerable.Range(0, counts[t]).Select(i => $"ñ{i}").ToArray() : null)],
            [.. multiLabel.Select((multi, k) => Task($"task_{k}", $"type {k % counts.Length}", counts[k % counts.Length], multi, random))]);
    }

    private static NodeTask Task(string name, string nodeType, int nodes, bool multi, Random random)
    {
        int[][] labels = new int[nodes][];
        Split[] splits = new Split[nodes];
        for (int i = 0; i < nodes; i++)
        {
            labels[i] = multi ? [.. Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0)] : random.Next(3) == 0 ? [] : [random.Next(3)];
            splits[i] = labels[i].Length == 0 && !multi ? Split.None : (Split)random.Next(4);
        }
        return new NodeTask(name, nodeType, ["a", "b", "c"], multi, labels, splits);
    }
}
