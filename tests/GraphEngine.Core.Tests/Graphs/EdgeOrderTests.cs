using CsCheck;
using GraphEngine.Graphs;
using GraphEngine.Spaces;
using GraphEngine.Tensors;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Graphs;

public sealed class EdgeOrderTests
{
    [Fact]
    public void Values_of_listed_edges_are_those_of_the_same_edges_in_a_topology() => RandomGraphs.Any.Sample(graph =>
    {
        EdgeOrder order = graph.EdgeOrder;
        (int Type, int Source, int Target, int Position)[] listed = [.. Listed(graph)];
        (int Type, int Source, int Target, int Position)[] canonical = order.ToCanonical<(int, int, int, int)>(listed);
        Topology topology = graph.Topology;
        Assert.Equal(topology.Indices(IndexMap.EdgeType), canonical.Select(e => e.Type));
        Assert.Equal(topology.Indices(IndexMap.EdgeSource), canonical.Select(e => e.Source));
        Assert.Equal(topology.Indices(IndexMap.EdgeTarget), canonical.Select(e => e.Target));
        // Equal edges keep the order of their list.
        Assert.Equal(canonical.Order(Comparer<(int Type, int Source, int Target, int Position)>.Create((a, b) => (a.Target, a.Type, a.Source, a.Position).CompareTo((b.Target, b.Type, b.Source, b.Position)))), canonical);
        Assert.Equal(listed, order.ToListed<(int, int, int, int)>(canonical));
        Assert.All(listed, e => Assert.Equal(e, canonical[order.CanonicalOf(e.Type, e.Position)]));
        Assert.Equal(canonical, order.Listed.ToArray().Select(e => listed[e]));
    });

    [Fact]
    public void Rows_and_tensors_are_moved_whole()
    {
        HeteroGraph graph = UglyGraphs.Some(1);
        float[] rows = [.. Enumerable.Range(0, graph.EdgeCount * 3).Select(i => (float)i)];
        float[] moved = graph.EdgeOrder.ToCanonical<float>(rows);
        Assert.All(Enumerable.Range(0, graph.EdgeCount), e => Assert.Equal([0, 1, 2], moved[(3 * e)..(3 * e + 3)].Select(v => v - (3 * graph.EdgeOrder.Listed[e]))));
        Tensor tensor = Tensor.Of("values", rows, graph.EdgeCount, 3), canonical = graph.EdgeOrder.ToCanonical(tensor);
        Assert.Equal(("values", ElementType.F32), (canonical.Name, canonical.Type));
        Assert.Equal(tensor.Shape, canonical.Shape);
        Assert.Equal(moved, canonical.ToFloats());
        Assert.Equal(rows, graph.EdgeOrder.ToListed(canonical).ToFloats());
        Assert.Empty(UglyGraphs.WithoutEdges().EdgeOrder.ToCanonical<float>([]));
    }

    [Fact]
    public void What_are_no_rows_of_edges_is_refused()
    {
        EdgeOrder order = UglyGraphs.Some(1).EdgeOrder;
        int edges = order.Listed.Length;
        Assert.StartsWith($"{edges + 1} values are no rows of equal length for each of the {edges} edges.", Assert.Throws<ArgumentException>(() => order.ToListed<float>(new float[edges + 1])).Message, StringComparison.Ordinal);
        Assert.StartsWith("The tensor 'x' has the shape [3, 2], but its first axis needs an entry", Assert.Throws<ArgumentException>(() => order.ToCanonical(Tensor.Of("x", new float[6], 3, 2))).Message, StringComparison.Ordinal);
        Assert.StartsWith("There is no edge type 5", Assert.Throws<ArgumentOutOfRangeException>(() => order.CanonicalOf(5, 0)).Message, StringComparison.Ordinal);
        Assert.StartsWith("There is no edge 0 of edge type 1; its 0 edges", Assert.Throws<ArgumentOutOfRangeException>(() => order.CanonicalOf(1, 0)).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(int Type, int Source, int Target, int Position)> Listed(HeteroGraph graph)
    {
        for (int r = 0; r < graph.Schema.EdgeTypes.Count; r++)
        {
            EdgeType type = graph.Schema.EdgeTypes[r];
            EdgeList list = graph.EdgesOf(r);
            int source = graph.NodeOffsets[graph.Schema.NodeTypeIndex(type.Source)], target = graph.NodeOffsets[graph.Schema.NodeTypeIndex(type.Target)];
            for (int i = 0; i < list.Count; i++)
                yield return (r, source + list.Sources[i], target + list.Targets[i], i);
        }
    }
}
