using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class SplitHeavyRowsTests
{
    private const int Leaves = 4000;

    [Fact]
    public void Text_of_a_sum_over_edges()
    {
        Program program = Sum();
        KernelProgram kernels = LowerToKernels.Run(SplitHeavyRows.Run(program, size: 1000), new PipelineOptions(2));
        Golden.Matches("sum", $"{program}--- after heavy-rows\n{SplitHeavyRows.Run(program, size: 1000)}--- kernels\n{KernelPrinter.Print(kernels)}");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public void The_edges_of_a_hub_are_shared_by_all_workers(int workers)
    {
        HeteroGraph star = Star();
        KernelProgram kernels = Pipeline.Run(Sum(), new PipelineOptions(workers, RelationStatistics.Of(star)));
        Kernel pieces = Assert.Single(kernels.Kernels, k => k is not Kernel.Combine && k.Work.Items.Any(i => i.Along.To.Pieces is not null));
        IndexTables tables = new(star.Topology);
        int[] bounds = tables[new IndexTable.Shares(pieces.Work, workers)], pointers = tables[new IndexTable.Pointers(pieces.Work.Items[0].Along)];
        int most = Enumerable.Range(0, workers).Max(w => pointers[bounds[w + 1]] - pointers[bounds[w]]);
        Assert.True(most <= Leaves / workers * 1.3, $"One of {workers} workers adds up {most} of {Leaves} edges.");
    }

    [Fact]
    public void Nothing_changes_where_no_node_has_more_than_a_share_or_nothing_is_known()
    {
        Program program = Sum();
        RelationStatistics star = RelationStatistics.Of(Star());
        Assert.Same(program, SplitHeavyRows.Run(program, statistics: null, workers: 2));
        Assert.Same(program, SplitHeavyRows.Run(program, star with { MostEdgesOfNode = Leaves / 2 }, workers: 2));
        Assert.NotSame(program, SplitHeavyRows.Run(program, star, workers: 2));
    }

    [Fact]
    public void Pieces_are_worth_a_stored_row_however_many_workers_there_are()
    {
        Program program = Sum();
        RelationStatistics star = RelationStatistics.Of(Star());
        Program split = SplitHeavyRows.Run(program, star, workers: 528);
        Assert.Contains(split.Nodes, n => n.Space.Pieces is { Size: 32 });
        Assert.Same(program, SplitHeavyRows.Run(program, star with { Edges = [32], MostEdgesOfNode = 32 }, workers: 528));
        Assert.NotSame(program, SplitHeavyRows.Run(program, star with { Edges = [33], MostEdgesOfNode = 33 }, workers: 528));
    }

    [Fact]
    public void Numbers_of_edges_and_sums_by_type_stay_whole()
    {
        ProgramBuilder b = new();
        Node edge = b.Input("edge", Space.Edges, RowShape.Scalar), wide = b.Input("wide", Space.Edges, RowShape.Vector(4));
        Program program = new([new Output("degree", edge.Sum(IndexMap.EdgeTarget)), new Output("types", wide.Sum(IndexMap.EdgeType)), new Output("all", wide.Sum(IndexMap.ToOne(Space.Edges)))]);
        Assert.Same(program, SplitHeavyRows.Run(program, size: 2));
    }

    private static Program Sum()
    {
        ProgramBuilder b = new();
        return new Program([new Output("y", b.Input("x", Space.Nodes, RowShape.Vector(8)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget).Relu())]);
    }

    /// <summary>All edges lead to node 0.</summary>
    private static HeteroGraph Star() => new(
        new GraphSchema([new NodeType("node")], [new EdgeType("to", "node", "node")]), [Leaves + 1], [new EdgeList([.. Enumerable.Range(1, Leaves)], [.. Enumerable.Repeat(0, Leaves)])]);
}
