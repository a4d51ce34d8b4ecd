using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class FuseLoopsTests
{
    [Fact]
    public void Text_of_a_typed_product_its_loss_and_its_gradients()
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(64)), w = b.Parameter("w", Space.NodeTypes, RowShape.Matrix(64, 64));
        Node y = x.Linear(w, IndexMap.NodeType);
        Node loss = (y.Exp().SumColumns().Log() - y.MaxColumns()).Sum(IndexMap.ToOne(Space.Nodes));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([x, w]);
        Program program = Differentiate.Run(LateDivision.Run(ExpandSoftmax.Run(new Program([new Output("loss", loss), new Output("dx", gradients[x]), new Output("dw", gradients[w])]))));
        KernelProgram apart = LowerToKernels.Run(program, new PipelineOptions(2));
        Golden.Matches("gradients", $"--- apart\n{KernelPrinter.Print(apart)}--- fused\n{KernelPrinter.Print(FuseLoops.Run(apart, workers: 2, statistics: null))}");
    }

    [Fact]
    public void What_others_need_is_kept_whole()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(64)), w = b.Input("w", Space.One, RowShape.Matrix(64, 64));
        Node shown = x.Linear(w), gathered = shown.Tanh().Linear(w), own = gathered.Tanh().Linear(w);
        KernelProgram kernels = Fused(
            new Output("shown", shown), new Output("sum", gathered.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget)), new Output("own", own.Sum(IndexMap.NodeType)));
        TensorBuffer[] products = [.. kernels.Kernels.OfType<Kernel.Gemm>().Select(g => g.Store.Target)];
        FusedLoop loop = Assert.Single(kernels.Loops);
        Assert.Equal([null, null, new TensorWindow(loop.BlockRows, Workers: 2)], products.Select(p => p.Window));
        Assert.Equal(2 * loop.BlockRows, products[2].RowsIn(1_000_000));
        Assert.Equal(1_000_000, products[0].RowsIn(1_000_000));
    }

    [Fact]
    public void Types_and_single_rows_have_no_blocks()
    {
        ProgramBuilder b = new();
        Node w = b.Input("w", Space.EdgeTypes, RowShape.Vector(64)), a = b.Input("a", Space.One, RowShape.Matrix(64, 64));
        Assert.Empty(Fused(new Output("y", w.Linear(a).Tanh().Linear(a).Sum(IndexMap.ToOne(Space.EdgeTypes)))).Loops);
    }

    [Fact]
    public void Kernels_that_gather_the_same_rows_visit_them_together()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(64)), w = b.Input("w", Space.EdgeTypes, RowShape.Matrix(64, 64)), v = b.Input("v", Space.EdgeTypes, RowShape.Matrix(64, 64));
        Node rows = x.Along(IndexMap.SourceGroupNode);
        KernelProgram kernels = Fused(new Output("w", rows.Linear(w, IndexMap.SourceGroupType)), new Output("v", rows.Linear(v, IndexMap.SourceGroupType)));
        Assert.Equal((0, 2), Assert.Single(kernels.Loops) is var loop ? (loop.First, loop.Count) : default);
    }

    [Fact]
    public void Wider_rows_make_smaller_blocks_of_whole_tiles()
    {
        int[] blocks = [.. ((int[])[1, 7, 64, 1000]).Select(width =>
        {
            ProgramBuilder b = new();
            Node x = b.Input("x", Space.Nodes, RowShape.Vector(width)), w = b.Input("w", Space.One, RowShape.Matrix(width, width));
            return Assert.Single(Fused(new Output("y", x.Linear(w).Tanh().Linear(w).Sum(IndexMap.NodeType))).Loops).BlockRows;
        })];
        Assert.Equal(blocks.OrderDescending(), blocks);
        Assert.All(blocks, rows => Assert.Equal(0, rows % 48));
        Assert.Equal(48, blocks[^1]);
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(16, 1000)]
    [InlineData(64, 1000)]
    [InlineData(16, 10_000)]
    [InlineData(64, 10_000)]
    [InlineData(64, 1_000_000)]
    public void Blocks_at_hand_are_a_part_of_the_rows_however_many_workers_have_some(int workers, int nodes)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(64)), w = b.Input("w", Space.One, RowShape.Matrix(64, 64));
        Program program = new([new Output("y", x.Linear(w).Tanh().Linear(w).Tanh().Linear(w).Sum(IndexMap.NodeType))]);
        KernelProgram kernels = Pipeline.Run(program, new PipelineOptions(workers, UglyGraphs.ManyNodes with { Nodes = nodes }));
        TensorBuffer[] parts = [.. kernels.Temporaries.Where(t => t.Window is not null)];
        Assert.All(parts, t => Assert.True(t.RowsIn(nodes) < nodes, $"{t.RowsIn(nodes)} rows at hand of {nodes} nodes."));
        // Blocks of fewer rows than a tile has would save memory at any number of nodes, and cost much time.
        Assert.Equal(48 * workers < nodes, parts.Length > 0);
        // No more than half of all rows where the shares are longer than two tiles.
        Assert.All(parts, t => Assert.True(t.RowsIn(nodes) <= Math.Max(nodes / 2, 48 * workers)));
    }

    private static KernelProgram Fused(params Output[] outputs) => Pipeline.Run(new Program(outputs), new PipelineOptions(Workers: 2));
}
