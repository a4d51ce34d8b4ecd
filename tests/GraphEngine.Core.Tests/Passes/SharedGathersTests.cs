using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class SharedGathersTests
{
    private static readonly EdgeSet T = EdgeSet.All.TargetSide(UglyGraphs.AlternatingSides), S = EdgeSet.All.SourceSide(UglyGraphs.AlternatingSides);

    [Fact]
    public void Text_of_sums_by_group_and_numbers_of_their_edges()
    {
        Program program = Make(b => (Sums(b, 64), Numbers(b, 64)));
        Golden.Matches(
            "groups",
            $"--- apart\n{KernelPrinter.Print(LowerToKernels.Run(program, new PipelineOptions(2, Disabled: new HashSet<string> { "shared-gathers" })))}--- in one loop\n{KernelPrinter.Print(LowerToKernels.Run(program, new PipelineOptions(2)))}");
    }

    [Fact]
    public void One_part_of_the_edges_may_be_made_in_a_loop_and_the_other_apart()
    {
        Kernel.Traversal[] kernels = [.. LowerToKernels.Run(new Program(Sides()[..2]), new PipelineOptions(2)).Kernels.Cast<Kernel.Traversal>()];
        Assert.Equal([T.Edges, S.SourceGroups], kernels.Select(k => k.Space).OrderBy(s => s.Name));
        ItemStore item = Assert.Single(kernels.Single(k => k.Space == S.SourceGroups).ItemStores);
        Assert.Equal(new IndexTable.Compose(new IndexTable.Map(S.Edge), new IndexTable.Items(S.SourceGroup)), item.Row.Table);
    }

    [Fact]
    public void A_part_that_is_shown_as_well_is_copied_from_where_it_was_made()
    {
        KernelProgram program = LowerToKernels.Run(new Program(Sides()), new PipelineOptions(2));
        TensorBuffer union = program.Outputs["numbers"], second = program.Outputs["second"];
        Assert.Contains(program.Kernels.OfType<Kernel.Traversal>().SelectMany(k => k.ItemStores), i => i.Store.Target == second);
        Assert.Contains(program.Kernels, k => k.Writes.Contains(union) && k.Reads.Contains(second));
    }

    /// <summary>Sums over source groups, a number of every edge of both sides, and those of one side.</summary>
    private static Output[] Sides()
    {
        ProgramBuilder b = new();
        Node g = b.Input("g", Space.Nodes, RowShape.Vector(64)), early = b.Input("early", S.SourceGroups, RowShape.Vector(64)), late = b.Input("late", T.TargetGroups, RowShape.Vector(64));
        Node gathered = g.Along(S.Target), weights = b.Input("s", Space.Edges, RowShape.Scalar).Along(S.Edge);
        Node first = (late.Along(T.TargetGroup) * g.Along(T.Source)).SumColumns();
        Node second = (gathered * early.Along(S.SourceGroup)).SumColumns();
        return [new("sums", (gathered * weights).Sum(S.SourceGroup)), new("numbers", first.Union(T.Edge, second, S.Edge)), new("second", second)];
    }

    [Fact]
    public void Numbers_are_made_apart_where_a_loop_would_win_nothing_or_come_too_late()
    {
        Assert.Single(ItemStores(b => (Sums(b, 64), Numbers(b, 64))));
        Assert.Single(ItemStores(b => (Sums(b, 64), Numbers(b, 64) is var m ? m * m.Sigmoid() : m)));
        // Short rows; rows gathered by another map; numbers made of more than rows at hand.
        Assert.Empty(ItemStores(b => (Sums(b, 8), Numbers(b, 8))));
        Assert.Empty(ItemStores(b => (Sums(b, 64), (b.Input("g", Space.Nodes, RowShape.Vector(64)).Along(IndexMap.EdgeSource) * b.Input("y", Space.SourceGroups, RowShape.Vector(64)).Along(IndexMap.EdgeSourceGroup)).SumColumns())));
        Assert.Empty(ItemStores(b => (Sums(b, 64), Numbers(b, 64) + b.Input("g", Space.Nodes, RowShape.Vector(64)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget).SumColumns().Along(IndexMap.EdgeTarget))));
        // The sum is weighed with the numbers, or the numbers are made from the sum.
        Assert.Empty(ItemStores(b =>
        {
            Node numbers = Numbers(b, 64);
            return ((b.Input("g", Space.Nodes, RowShape.Vector(64)).Along(IndexMap.EdgeTarget) * numbers).Sum(IndexMap.EdgeSourceGroup), numbers);
        }));
        Assert.Empty(ItemStores(b =>
        {
            Node sums = Sums(b, 64);
            return (sums, (b.Input("g", Space.Nodes, RowShape.Vector(64)).Along(IndexMap.EdgeTarget) * sums.Along(IndexMap.EdgeSourceGroup)).SumColumns());
        }));
        // The sum waits for something that the numbers do not wait for.
        Assert.Empty(ItemStores(b =>
        {
            Node weights = b.Input("x", Space.Nodes, RowShape.Scalar).Along(IndexMap.EdgeSource).Max(IndexMap.EdgeTarget).Along(IndexMap.EdgeTarget);
            return ((b.Input("g", Space.Nodes, RowShape.Vector(64)).Along(IndexMap.EdgeTarget) * weights).Sum(IndexMap.EdgeSourceGroup), Numbers(b, 64));
        }));
    }

    [Fact]
    public void A_row_costs_its_items_more_and_itself_no_more()
    {
        Program program = Make(b => (Sums(b, 64), Numbers(b, 64)));
        RowWork Work(bool sharesGathers) => LowerToKernels.Run(program, new PipelineOptions(2, Disabled: sharesGathers ? null : new HashSet<string> { "shared-gathers" })).Kernels.Single(k => k is Kernel.Traversal { Space: var s } && s == Space.SourceGroups).Work;
        Assert.True(Work(true).Items.Sum(i => i.Cost) > Work(false).Items.Sum(i => i.Cost));
        Assert.Equal(Work(false).RowCost, Work(true).RowCost);
    }

    private static IEnumerable<ItemStore> ItemStores(Func<ProgramBuilder, (Node, Node)> make) =>
        LowerToKernels.Run(Make(make), new PipelineOptions(2)).Kernels.OfType<Kernel.Traversal>().SelectMany(t => t.ItemStores);

    private static Program Make(Func<ProgramBuilder, (Node Sums, Node Numbers)> make)
    {
        (Node sums, Node numbers) = make(new ProgramBuilder());
        return new Program([new Output("sums", sums), new Output("numbers", numbers)]);
    }

    private static Node Sums(ProgramBuilder b, int width) =>
        (b.Input("g", Space.Nodes, RowShape.Vector(width)).Along(IndexMap.EdgeTarget) * b.Input("s", Space.Edges, RowShape.Scalar)).Sum(IndexMap.EdgeSourceGroup);

    private static Node Numbers(ProgramBuilder b, int width) =>
        (b.Input("g", Space.Nodes, RowShape.Vector(width)).Along(IndexMap.EdgeTarget) * b.Input("y", Space.SourceGroups, RowShape.Vector(width)).Along(IndexMap.EdgeSourceGroup)).SumColumns();
}
