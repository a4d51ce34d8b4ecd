using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using Xunit;

namespace GraphEngine.Core.Tests.Kernels;

/// <summary>Every figure is counted by hand.</summary>
public sealed class KernelCostTests
{
    private const int Workers = 2;

    private static readonly Space Rows = new("rows"), Groups = new("groups");
    private static readonly IndexMap Source = new("source", Rows, Groups), Target = new("target", Rows, Groups, IsSorted: true);

    // Six rows; they read groups 3, 0, 3, 3, 1, 0 and are summed into groups 0, 0, 1, 1, 1, 3.
    private static readonly Topology Small = new(
        [new(Rows, 6), new(Groups, 4)], [new(Source, [3, 0, 3, 3, 1, 0]), new(Target, [0, 0, 1, 1, 1, 3])]);

    [Fact]
    public void A_gemm_reads_its_rows_and_weight_once_and_multiplies()
    {
        ProgramBuilder b = new();
        KernelCost cost = Single(b.Input("x", Rows, RowShape.Vector(5)).Linear(b.Parameter("w", Space.One, RowShape.Matrix(5, 3))));
        Assert.Equal(new KernelCost(Bytes: 4 * ((6 * 5) + (5 * 3) + (6 * 3)), Flops: 2 * 6 * 5 * 3), cost);
    }

    [Fact]
    public void A_typed_gemm_reads_only_the_weights_that_some_row_has()
    {
        ProgramBuilder b = new();
        KernelCost cost = Single(b.Input("x", Rows, RowShape.Vector(5)).Linear(b.Parameter("w", Groups, RowShape.Matrix(5, 3)), Target));
        // Three of four weights, and the five offsets of the groups.
        Assert.Equal(new KernelCost(Bytes: 4 * ((6 * 5) + (3 * 5 * 3) + (6 * 3) + 5), Flops: 2 * 6 * 5 * 3), cost);
    }

    [Fact]
    public void A_gathered_sum_reads_each_distinct_row_once_but_adds_for_every_item()
    {
        ProgramBuilder b = new();
        KernelCost cost = Single(b.Input("x", Groups, RowShape.Vector(7)).Along(Source).Sum(Target));
        // Rows 0, 1 and 3 are read, four rows are written; six indices and five offsets.
        Assert.Equal(new KernelCost(Bytes: 4 * ((3 * 7) + (4 * 7) + 6 + 5), Flops: 6 * 7), cost);
    }

    [Fact]
    public void Elementwise_work_reads_a_shared_operand_once()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Rows, RowShape.Vector(3));
        // exp, product, sum: three operations per element; x is used three times but read once.
        KernelCost cost = Single((x.Exp() * x) + x);
        Assert.Equal(new KernelCost(Bytes: 4 * ((6 * 3) + (6 * 3)), Flops: 3 * 6 * 3), cost);
    }

    [Fact]
    public void An_outer_product_multiplies_every_row_and_its_partial_sums_count_in_the_combination()
    {
        ProgramBuilder b = new();
        Node y = b.Input("x", Rows, RowShape.Vector(5)).Outer(b.Input("g", Rows, RowShape.Vector(3)), IndexMap.ToOne(Rows));
        IReadOnlyList<KernelCost> costs = Costs(y);
        Assert.Equal(2, costs.Count);
        Assert.Equal(new KernelCost(Bytes: 4 * ((6 * 5) + (6 * 3) + 15), Flops: 2 * 6 * 5 * 3), costs[0]);
        Assert.Equal(new KernelCost(Bytes: 4 * ((2 * Workers * 15) + 15), Flops: 2 * Workers * 15), costs[1]);
    }

    [Fact]
    public void Kernels_of_a_loop_read_a_row_once_and_keep_what_they_alone_need_out_of_memory()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Rows, RowShape.Vector(5)), w = b.Input("w", Space.One, RowShape.Matrix(5, 3));
        Node sum = (x.Linear(w).Exp() + 1).Sum(IndexMap.ToOne(Rows));
        IReadOnlyList<KernelCost> fused = KernelCost.Of(Pipeline.Run(new Program([new Output("sum", sum)]), new PipelineOptions(Workers)), Small);
        // The product reads its rows and its weight and stores nothing, what sums it up reads nothing and stores one sum.
        Assert.Equal([4 * ((6 * 5) + (5 * 3)), 4 * 3], fused.Take(2).Select(c => c.Bytes));
    }

    [Fact]
    public void The_bound_is_the_slower_of_memory_and_arithmetic()
    {
        Assert.Equal(2.0, new KernelCost(Bytes: 20_000_000, Flops: 1).BoundMilliseconds(bandwidthGBs: 10, gflops: 100), 1e-12);
        Assert.Equal(3.0, new KernelCost(Bytes: 1, Flops: 300_000_000).BoundMilliseconds(bandwidthGBs: 10, gflops: 100), 1e-12);
    }

    private static KernelCost Single(Node y) => Assert.Single(Costs(y));

    private static IReadOnlyList<KernelCost> Costs(Node y) =>
        KernelCost.Of(Pipeline.Run(new Program([new Output("y", y)]), new PipelineOptions(Workers, Disabled: new HashSet<string>(Pipeline.Optional))), Small);
}
