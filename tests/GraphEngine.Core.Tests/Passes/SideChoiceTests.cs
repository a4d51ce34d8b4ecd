using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class SideChoiceTests
{
    private static readonly EdgeSet T = EdgeSet.All.TargetSide(UglyGraphs.AlternatingSides), S = EdgeSet.All.SourceSide(UglyGraphs.AlternatingSides);

    [Fact]
    public void Each_relation_takes_the_side_with_less_work()
    {
        SideChoice choice = Choose(new([1000, 1000, 1000], [10, 900, 10], [900, 10, 900], 1000, MostEdgesOfNode: 5));
        Assert.Equal([false, true, false], choice.Sides!.OnTargets);
        Assert.StartsWith("1 of 3 relations on target groups, the others on source groups: 30 product rows for 3,000 edges", choice.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 900, false)]
    [InlineData(900, 10, true)]
    public void A_side_that_is_best_for_all_needs_no_second_set_of_kernels(int sources, int targets, bool onTargets)
    {
        SideChoice choice = Choose(new([1000, 1000], [sources, sources], [targets, targets], 1000, MostEdgesOfNode: 5));
        Assert.Equal((null, onTargets, !onTargets), (choice.Sides, choice.AllowTargets, choice.AllowSources));
    }

    [Theory]
    [InlineData(false, true, false, true)]
    [InlineData(true, false, true, false)]
    [InlineData(false, false, false, false)]
    public void What_is_switched_off_is_not_chosen(bool allowTargets, bool allowSources, bool targets, bool sources)
    {
        SideChoice choice = SideChoice.Make(Messages(), new([1000], [10], [10], 100, MostEdgesOfNode: 5), allowTargets, allowSources);
        Assert.Equal((targets, sources), (choice.AllowTargets, choice.AllowSources));
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(0, 20)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_graph_is_divided_without_loss(int seed)
    {
        Topology graph = UglyGraphs.Some(seed).Topology;
        Assert.Equal(
            Enumerable.Range(0, graph.Count(Space.Edges)),
            graph.Indices(T.Edge).Concat(graph.Indices(S.Edge)).Order());
        AssertComposes(graph, T.TargetGroup, T.TargetGroupInBoth, T.Edge, IndexMap.EdgeTargetGroup);
        AssertComposes(graph, T.TargetGroup, T.TargetGroupNode, T.Edge, IndexMap.EdgeTarget);
        AssertComposes(graph, S.SourceGroup, S.SourceGroupNode, S.Edge, IndexMap.EdgeSource);
        AssertComposes(graph, S.SourceGroup, S.SourceGroupType, S.Edge, IndexMap.EdgeType);
    }

    [Fact]
    public void A_graph_of_another_schema_is_refused() => Assert.Equal(
        "The program was compiled for 2 edge types, but the graph has 5; compile it for this graph. (Parameter 'topology')",
        Assert.Throws<ArgumentException>(() => UglyGraphs.Some(0).Topology.Count(EdgeSet.All.TargetSide(new RelationSides([true, false])).Edges)).Message);

    private static void AssertComposes(Topology topology, IndexMap first, IndexMap second, IndexMap third, IndexMap fourth) => Assert.Equal(
        topology.Indices(first).Select(i => topology.Indices(second)[i]), topology.Indices(third).Select(i => topology.Indices(fourth)[i]));

    private static SideChoice Choose(RelationStatistics statistics) => SideChoice.Make(Messages(), statistics, allowTargets: true, allowSources: true);

    private static Program Messages()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(8)), w = b.Parameter("w", Space.EdgeTypes, RowShape.Matrix(8, 8));
        return new Program([new Output("y", x.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType).Sum(IndexMap.EdgeTarget))]);
    }
}
