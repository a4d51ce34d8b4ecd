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

    [Fact]
    public void A_topology_has_the_maps_that_follow_from_those_it_knows()
    {
        HeteroGraph graph = UglyGraphs.Some(1);
        Topology with = UglyGraphs.WithSomePapers(graph);
        EdgeSet into = EdgeSet.Into(UglyGraphs.SomePapers, Space.Around(UglyGraphs.SomePapers)), side = EdgeSet.All.TargetSide(UglyGraphs.AlternatingSides);
        IndexMap[] known =
        [
            IndexMap.EdgeTarget, IndexMap.SourceGroupEnd, IndexMap.ToOne(Space.Edges), IndexMap.Identity(Space.Edges), IndexMap.Inclusion("paper"), side.Edge, side.TargetGroup,
            IndexMap.OfParts(IndexMap.EdgeTypeSource, 3), new TreeMaps(IndexMap.EdgeTarget).Left(1), new RowPieces(IndexMap.EdgeTarget, 8).Piece,
        ];
        IndexMap[] added = [IndexMap.Inclusion(UglyGraphs.SomePapers, Space.Nodes), into.Edge, into.Source, new RowPieces(into.Target, 8).Whole];
        Assert.All(known, map => Assert.True(graph.Topology.Has(map) && with.Has(map) && graph.Topology.Indices(map) is not null, map.Name));
        Assert.All(added, map => Assert.True(!graph.Topology.Has(map) && with.Has(map) && with.Indices(map) is not null, map.Name));
        // Of a space the number of rows may be known, and not which they are.
        Topology counted = graph.Topology.With(new Dictionary<Space, int> { [UglyGraphs.SomePapers] = 2 }, new Dictionary<IndexMap, int[]>());
        Assert.False(counted.Has(IndexMap.Inclusion(UglyGraphs.SomePapers, Space.Nodes)));
        Assert.False(with.Has(new IndexMap("unknown", Space.Nodes, Space.Nodes)));
    }

    [Fact]
    public void What_no_space_or_map_can_be_is_refused()
    {
        Assert.StartsWith("The space 'q' cannot have -1 rows", Assert.Throws<ArgumentOutOfRangeException>(() => Space.Fixed("q", -1)).Message, StringComparison.Ordinal);
        foreach ((Space rows, Space more) in ((Space, Space)[])[(Space.One, Space.Nodes), (Space.Nodes, Space.NodesOf("a")), (Space.NodesOf("a"), Space.Edges), (EdgeSet.All.TargetSide(UglyGraphs.AlternatingSides).Edges, Space.Nodes)])
            Assert.StartsWith($"The rows of '{rows}' are not some of those of '{more}'", Assert.Throws<ArgumentException>(() => IndexMap.Inclusion(rows, more)).Message, StringComparison.Ordinal);
        Topology topology = UglyGraphs.Some(1).Topology;
        Assert.StartsWith("The space 'edges' is part of this topology already", Assert.Throws<ArgumentException>(
            () => topology.With(new Dictionary<Space, int> { [Space.Edges] = 3 }, new Dictionary<IndexMap, int[]>())).Message, StringComparison.Ordinal);
        Assert.StartsWith("The map 'edge.type' is part of this topology already", Assert.Throws<ArgumentException>(
            () => topology.With(new Dictionary<Space, int>(), new Dictionary<IndexMap, int[]> { [IndexMap.EdgeType] = [] })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new Topology(null!, []));
        Assert.Throws<ArgumentNullException>(() => topology.Count(null!));
        Assert.Throws<ArgumentNullException>(() => topology.Indices(null!));
        Assert.StartsWith("The map 'mirror' has null for its indices", Assert.Throws<ArgumentException>(
            () => new Topology([new(Space.Nodes, 1)], [new(new IndexMap("mirror", Space.Nodes, Space.Nodes), null!)])).Message, StringComparison.Ordinal);
    }
}
