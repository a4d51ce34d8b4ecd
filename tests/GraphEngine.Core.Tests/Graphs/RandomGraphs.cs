using CsCheck;
using GraphEngine.Graphs;

namespace GraphEngine.Core.Tests.Graphs;

/// <summary>Random typed graphs with empty node types, empty relations, self loops, parallel edges and isolated nodes.</summary>
internal static class RandomGraphs
{
    public static Gen<HeteroGraph> Any { get; } = Gen.Int[1, 4].SelectMany(types => Gen.Select(
        Gen.Int[0, 8].Array[types],
        Gen.Select(Gen.Int[0, types - 1], Gen.Int[0, types - 1], Gen.Int[0, 20]).Array[0, 6],
        Gen.Int).Select(Build));

    private static HeteroGraph Build(int[] counts, (int Source, int Target, int Count)[] relations, int seed)
    {
        Random random = new(seed);
        NodeType[] nodeTypes = [.. counts.Select((_, t) => new NodeType($"t{t}"))];
        EdgeType[] edgeTypes = [.. relations.Select((relation, r) => new EdgeType($"r{r}", nodeTypes[relation.Source].Name, nodeTypes[relation.Target].Name))];
        EdgeList[] edges = [.. relations.Select(relation => Draw(counts[relation.Source], counts[relation.Target], relation.Count, random))];
        return new HeteroGraph(new GraphSchema(nodeTypes, edgeTypes), counts, edges);
    }

    private static EdgeList Draw(int sources, int targets, int count, Random random) => sources == 0 || targets == 0
        ? EdgeList.Empty
        : new EdgeList([.. Enumerable.Range(0, count).Select(_ => random.Next(sources))], [.. Enumerable.Range(0, count).Select(_ => random.Next(targets))]);
}
