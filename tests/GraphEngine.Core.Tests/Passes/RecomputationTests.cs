using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Core.Tests.Passes;

public sealed class RecomputationTests
{
    private static readonly PipelineOptions Options = new(2, LateReader.Crowded);

    private static readonly KernelProgram Kept = Pipeline.Run(LateReader.Make(16), Options with { Disabled = new HashSet<string> { "recomputation" } });

    [Fact]
    public void Text_with_products_kept_and_made_again() => Golden.Matches(
        "late-reader", $"--- kept\n{KernelPrinter.Print(Kept)}--- made again\n{KernelPrinter.Print(Pipeline.Run(LateReader.Make(16), Options))}");

    [Fact]
    public void What_is_made_again_leaves_its_place_to_others_in_between()
    {
        long full = ArenaPlan.Run(Kept, Bytes).Bytes;
        KernelProgram again = Recomputation.Run(Kept, Bytes, full - 1);
        KernelVerifier.Verify(again);
        ArenaPlan plan = ArenaPlan.Run(again, Bytes);
        Assert.True(plan.Bytes < full, $"{plan.Bytes} bytes with products made again, {full} without.");

        Kernel.Gemm repeated = Assert.Single(again.Kernels.OfType<Kernel.Gemm>(), g => g.IsRepeated);
        ArenaSlot[] lives = [.. plan.Slots.Where(s => s.Buffer == repeated.Store.Target)];
        Assert.Equal(2, lives.Length);
        Assert.Contains(plan.Slots, s => s.Offset < lives[0].Offset + lives[0].Bytes && lives[0].Offset < s.Offset + s.Bytes && lives[0].Last < s.First && s.Last < lives[1].First);
        foreach (ArenaSlot a in plan.Slots)
        {
            Assert.All(
                plan.Slots.Where(b => !ReferenceEquals(a, b) && a.Buffer != b.Buffer && a.First <= b.Last && b.First <= a.Last && a.Predecessor != b.Buffer && b.Predecessor != a.Buffer),
                b => Assert.True(a.Offset + a.Bytes <= b.Offset || b.Offset + b.Bytes <= a.Offset, $"{a.Buffer} and {b.Buffer} are alive together and share bytes."));
        }
    }

    [Fact]
    public void A_product_of_what_is_made_again_does_not_start_beside_it()
    {
        ProgramBuilder b = new();
        Node Weights(string name, int rows = 16, int columns = 16) => b.Input(name, Space.EdgeTypes, RowShape.Matrix(rows, columns));
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(16));
        // The wider one is worth more, and is made again first.
        Node first = x.Along(IndexMap.SourceGroupNode).Linear(Weights("w", 16, 48), IndexMap.SourceGroupType);
        // The other one also sums up edges: their rows are dealt out to workers in another way.
        Node second = (first * b.Input("e", Space.Edges, RowShape.Scalar).Sum(IndexMap.EdgeSourceGroup)).Linear(Weights("v", 48, 16), IndexMap.SourceGroupType);
        Node h = second.Along(IndexMap.EdgeSourceGroup).Sum(IndexMap.EdgeTarget);
        for (int hop = 0; hop < 4; hop++)
            h = h.Along(IndexMap.SourceGroupNode).Linear(Weights($"u{hop}", hop == 0 ? 16 : 96, 96), IndexMap.SourceGroupType).Along(IndexMap.EdgeSourceGroup).Sum(IndexMap.EdgeTarget).Tanh();
        GraphProgram program = new([new Output("y", (first.Slice(16, 16) * second * h.Slice(0, 16).Along(IndexMap.SourceGroupNode)).Sum(IndexMap.SourceGroupNode))]);
        KernelProgram kept = Pipeline.Run(program, Options with { Disabled = new HashSet<string> { "recomputation", "loop-fusion" } });
        long full = ArenaPlan.Run(kept, Bytes).Bytes;
        KernelProgram[] made = [.. Enumerable.Range(1, 40).Select(i => Recomputation.Run(kept, Bytes, full * (80 - i) / 80))];
        Assert.Contains(made, m => m.Kernels.Count(k => k is Kernel.Gemm { IsRepeated: true }) == 1);
        Assert.All(made, KernelVerifier.Verify);
        // The next to be made again would be the product of the first, in the launch that makes it: where one is not enough, none is.
        Assert.Contains(made, m => m.Kernels.All(k => k is not Kernel.Gemm { IsRepeated: true }));
        Assert.DoesNotContain(made, m => m.Kernels.Count(k => k is Kernel.Gemm { IsRepeated: true }) > 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(64)]
    public void The_number_of_workers_decides_nothing_about_large_rows(int workers) =>
        Assert.Contains(Pipeline.Run(LateReader.Make(7), Options with { Workers = workers }).Kernels, k => k is Kernel.Gemm { IsRepeated: true });

    [Fact]
    public void Nothing_is_made_again_where_it_is_not_needed_or_would_not_be_enough()
    {
        Assert.Same(Kept, Recomputation.Run(Kept, Bytes, long.MaxValue));
        Assert.Same(Kept, Recomputation.Run(Kept, Bytes, 0));
        Assert.Same(Kept, Recomputation.Run(Kept, statistics: null, layers: 1));
        Assert.DoesNotContain(Pipeline.Run(LateReader.Make(16), new PipelineOptions(2, UglyGraphs.ManyNodes)).Kernels, k => k is Kernel.Gemm { IsRepeated: true });
    }

    private static long Bytes(TensorBuffer buffer) => (buffer.Type.Space == Space.SourceGroups ? 65_536L : 4096L) * buffer.Type.Row.Size;
}
