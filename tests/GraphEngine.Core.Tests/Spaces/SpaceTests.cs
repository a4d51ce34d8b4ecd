using GraphEngine.Graphs;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Spaces;

public sealed class SpaceTests
{
    [Fact]
    public void The_name_of_a_node_type_decides_nothing()
    {
        Space nodes = Space.NodesOf("class#7");
        Assert.False(nodes.IsSmall);
        Assert.Null(nodes.FixedCount);
        HeteroGraph graph = new(new GraphSchema([new NodeType("class#7")], []), [40], []);
        Assert.Equal(40, graph.Topology.Count(nodes));
        Assert.True(IndexMap.Inclusion("class#7").IsInclusion);
    }

    [Fact]
    public void A_fixed_space_has_its_rows_on_every_graph()
    {
        Space bases = Space.Fixed("basis", 30);
        Assert.True(bases.IsSmall);
        Assert.Equal((30, 120), (new Topology([], []).Count(bases), new Topology([], []).Count(Space.PartsOf(bases, 4))));
    }

    [Fact]
    public void More_rows_than_indices_can_tell_apart_are_refused()
    {
        Topology topology = new([new(Space.Nodes, 40_000_000)], []);
        ArgumentException error = Assert.Throws<ArgumentException>(() => topology.Count(Space.PartsOf(Space.Nodes, 64)));
        Assert.Contains("would have 2560000000 rows", error.Message, StringComparison.Ordinal);
        GraphSchema schema = new([new NodeType("a"), new NodeType("b")], []);
        Assert.Contains("would have 4000000000 nodes", Assert.Throws<ArgumentException>(() => new HeteroGraph(schema, [2_000_000_000, 2_000_000_000], [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_topology_has_what_follows_from_the_spaces_it_knows()
    {
        HeteroGraph graph = UglyGraphs.Some(1);
        Topology with = UglyGraphs.WithSomePapers(graph);
        EdgeSet into = EdgeSet.Into(UglyGraphs.SomePapers, Space.Around(UglyGraphs.SomePapers));
        Space[] known = [Space.Edges, Space.Fixed("basis", 3), Space.PartsOf(Space.EdgeTypes, 4), EdgeSet.All.TargetSide(UglyGraphs.AlternatingSides).Edges, new RowPieces(IndexMap.EdgeTarget, 8).Space];
        Space[] added = [UglyGraphs.SomePapers, Space.Around(UglyGraphs.SomePapers), into.Edges, into.SourceSide(UglyGraphs.AlternatingSides).SourceGroups, new RowPieces(into.Target, 8).Space, Space.PartsOf(into.Edges, 2)];
        Assert.All(known, space => Assert.True(graph.Topology.Has(space) && with.Has(space), space.Name));
        Assert.All(added, space => Assert.True(!graph.Topology.Has(space) && with.Has(space), space.Name));
        Assert.False(with.Has(new Space("unknown")));
    }
}
