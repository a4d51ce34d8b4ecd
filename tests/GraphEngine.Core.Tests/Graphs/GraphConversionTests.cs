using CsCheck;
using GraphEngine.Graphs;
using GraphEngine.Spaces;
using Xunit;

namespace GraphEngine.Core.Tests.Graphs;

/// <summary>The forms a graph is stored in, against the lists of edges it was made from.</summary>
public sealed class GraphConversionTests
{
    [Fact]
    public void Canonical_edges_are_the_same_edges_sorted_by_target_type_and_source() => RandomGraphs.Any.Sample(graph =>
    {
        (int Target, int Type, int Source)[] canonical = Canonical(graph.Topology);
        Assert.Equal(Coordinates(graph).Order(), canonical);
    });

    [Fact]
    public void Incoming_edges_invert_the_target_map() => RandomGraphs.Any.Sample(graph => AssertInverse(graph.Topology, IndexMap.EdgeTarget, contiguous: true));

    [Fact]
    public void Outgoing_edges_invert_the_source_map() => RandomGraphs.Any.Sample(graph => AssertInverse(graph.Topology, IndexMap.EdgeSource, contiguous: false));

    [Fact]
    public void Edges_by_group_invert_the_group_maps() => RandomGraphs.Any.Sample(graph =>
    {
        AssertInverse(graph.Topology, IndexMap.EdgeSourceGroup, contiguous: false);
        AssertInverse(graph.Topology, IndexMap.EdgeTargetGroup, contiguous: false);
        AssertInverse(graph.Topology, IndexMap.SourceGroupType, contiguous: true);
        AssertInverse(graph.Topology, IndexMap.TargetGroupType, contiguous: true);
    });

    [Fact]
    public void Source_groups_are_the_distinct_pairs_of_type_and_source() => RandomGraphs.Any.Sample(graph =>
        AssertGroups(graph.Topology, Space.SourceGroups, IndexMap.EdgeSource, IndexMap.EdgeSourceGroup, IndexMap.SourceGroupType, IndexMap.SourceGroupNode));

    [Fact]
    public void Target_groups_are_the_distinct_pairs_of_type_and_target() => RandomGraphs.Any.Sample(graph =>
        AssertGroups(graph.Topology, Space.TargetGroups, IndexMap.EdgeTarget, IndexMap.EdgeTargetGroup, IndexMap.TargetGroupType, IndexMap.TargetGroupNode));

    [Fact]
    public void Edges_and_source_groups_give_the_lists_of_edges_back() => RandomGraphs.Any.Sample(graph =>
    {
        Topology topology = graph.Topology;
        int[] group = topology.Indices(IndexMap.EdgeSourceGroup), target = topology.Indices(IndexMap.EdgeTarget);
        int[] node = topology.Indices(IndexMap.SourceGroupNode), type = topology.Indices(IndexMap.SourceGroupType);
        IEnumerable<(int, int, int)> back = group.Select((g, e) => (target[e], type[g], node[g]));
        Assert.Equal(Coordinates(graph).Order(), back.Order());
    });

    [Fact]
    public void Inverses_are_found_by_their_edges() => RandomGraphs.Any.Sample(graph =>
    {
        Assert.Equal(graph.EdgeCount > 0, graph.WithInverseEdges().HoldsInverses());
        bool[] mirrored = [.. Enumerable.Range(0, graph.Schema.EdgeTypes.Count).Select(r => Enumerable.Range(0, graph.Schema.EdgeTypes.Count).Any(s => Mirrors(graph, r, s)))];
        Assert.Equal(mirrored.Select((found, r) => found ? graph.EdgesOf(r).Count : 0).Sum() * 2 > graph.EdgeCount, graph.HoldsInverses());
    });

    [Fact]
    public void Nodes_lie_by_type() => RandomGraphs.Any.Sample(graph =>
    {
        Topology topology = graph.Topology;
        int[] types = topology.Indices(IndexMap.NodeType);
        Assert.Equal(types.Order(), types);
        for (int t = 0; t < graph.Schema.NodeTypes.Count; t++)
        {
            string name = graph.Schema.NodeTypes[t].Name;
            Assert.Equal(graph.NodeCountOf(t), types.Count(type => type == t));
            Assert.Equal(graph.NodeCountOf(t), topology.Count(Space.NodesOf(name)));
            Assert.All(topology.Indices(IndexMap.Inclusion(name)), node => Assert.Equal(t, types[node]));
        }
    });

    [Fact]
    public void Inverse_edges_swap_the_two_kinds_of_groups() => RandomGraphs.Any.Sample(graph =>
    {
        HeteroGraph both = graph.WithInverseEdges();
        int relations = graph.Schema.EdgeTypes.Count;
        Assert.Equal(
            Coordinates(graph).Select(edge => (edge.Source, edge.Type + relations, edge.Target)).Concat(Coordinates(graph)).Order(),
            Canonical(both.Topology));
        int groups = graph.Topology.Count(Space.SourceGroups) + graph.Topology.Count(Space.TargetGroups);
        Assert.Equal(groups, both.Topology.Count(Space.SourceGroups));
        Assert.Equal(groups, both.Topology.Count(Space.TargetGroups));
    });

    [Fact]
    public void Inverse_edges_have_names_of_their_own()
    {
        EdgeType[] types = [new("cites", "paper", "paper"), new("cites.inverse", "paper", "paper")];
        HeteroGraph graph = new(new GraphSchema([new NodeType("paper")], types), [3], [new EdgeList([0, 1], [1, 2]), new EdgeList([2], [0])]);
        Assert.Equal(["cites", "cites.inverse", "cites.inverse.inverse", "cites.inverse.inverse.inverse"], graph.WithInverseEdges().Schema.EdgeTypes.Select(t => t.Name));
    }

    private static (int Target, int Type, int Source)[] Canonical(Topology topology)
    {
        int[] source = topology.Indices(IndexMap.EdgeSource), target = topology.Indices(IndexMap.EdgeTarget), type = topology.Indices(IndexMap.EdgeType);
        return [.. source.Select((_, e) => (target[e], type[e], source[e]))];
    }

    /// <summary>Every edge with global numbers, by the plainest loop there is.</summary>
    private static List<(int Target, int Type, int Source)> Coordinates(HeteroGraph graph)
    {
        List<(int, int, int)> edges = [];
        for (int r = 0; r < graph.Schema.EdgeTypes.Count; r++)
        {
            int source = graph.Schema.NodeTypeIndex(graph.Schema.EdgeTypes[r].Source), target = graph.Schema.NodeTypeIndex(graph.Schema.EdgeTypes[r].Target);
            EdgeList list = graph.EdgesOf(r);
            for (int i = 0; i < list.Count; i++)
                edges.Add((graph.NodeOffsets[target] + list.Targets[i], r, graph.NodeOffsets[source] + list.Sources[i]));
        }
        return edges;
    }

    private static bool Mirrors(HeteroGraph graph, int r, int s)
    {
        (EdgeType a, EdgeType b) = (graph.Schema.EdgeTypes[r], graph.Schema.EdgeTypes[s]);
        EdgeList there = graph.EdgesOf(r), back = graph.EdgesOf(s).Reverse();
        return a.Source == b.Target && a.Target == b.Source && there.Sources.Zip(there.Targets).Order().SequenceEqual(back.Sources.Zip(back.Targets).Order());
    }

    private static void AssertInverse(Topology topology, IndexMap map, bool contiguous)
    {
        int[] indices = topology.Indices(map);
        Csr inverse = topology.Inverse(map);
        Assert.Equal(topology.Count(map.To), inverse.Rows);
        Assert.Equal(indices.Length, inverse.Items.Length);
        for (int row = 0; row < inverse.Rows; row++)
        {
            Assert.Equal(Enumerable.Range(0, indices.Length).Where(i => indices[i] == row), inverse[row].ToArray());
            Assert.Equal(inverse[row].Length, inverse.Degree(row));
        }
        if (contiguous)
            Assert.True(inverse.IsContiguous);
        Assert.Equal(inverse.IsContiguous, inverse.Items.SequenceEqual(Enumerable.Range(0, indices.Length)));
    }

    private static void AssertGroups(Topology topology, Space groups, IndexMap end, IndexMap group, IndexMap groupType, IndexMap groupNode)
    {
        int[] type = topology.Indices(IndexMap.EdgeType), node = topology.Indices(end), groupOf = topology.Indices(group);
        (int Type, int Node)[] pairs = [.. topology.Indices(groupType).Zip(topology.Indices(groupNode))];
        Assert.Equal(topology.Count(groups), pairs.Length);
        Assert.Equal(type.Zip(node).Distinct().Order(), pairs);
        for (int e = 0; e < type.Length; e++)
            Assert.Equal((type[e], node[e]), pairs[groupOf[e]]);
    }
}
