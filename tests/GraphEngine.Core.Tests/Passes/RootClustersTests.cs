using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class RootClustersTests
{
    private static readonly PipelineOptions Apart = new(2, Disabled: new HashSet<string> { "mixed-rows" }), Mixed = new(2);

    [Fact]
    public void Text_of_a_cross_entropy_and_its_gradient()
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(20));
        Node shifted = x - x.MaxColumns().Detach();
        Node loss = (shifted.Exp().SumColumns().Log() - shifted.Pick(new IndexMap("label", Space.Nodes, Space.Fixed("class", 20)))).Sum(IndexMap.ToOne(Space.Nodes));
        Program program = Differentiate.Run(new Program([new Output("loss", loss), new Output("dx", loss.Gradients([x])[x])]));
        Golden.Matches("cross-entropy", $"--- a kernel per shape\n{KernelPrinter.Print(LowerToKernels.Run(program, Apart))}--- mixed\n{KernelPrinter.Print(LowerToKernels.Run(program, Mixed))}");
    }

    [Fact]
    public void Numbers_go_with_the_rows_that_they_are_made_from()
    {
        Assert.True(Traversals(Normalized, Apart).Length > 1);
        Kernel.Traversal kernel = Assert.Single(Traversals(Normalized, Mixed));
        // The number itself is in a register, and nothing reads it again.
        Assert.Equal([RowShape.Vector(64)], kernel.Stores.Select(s => s.Target.Type.Row));
    }

    [Fact]
    public void Numbers_stay_apart_from_rows_beyond_a_product_and_from_rows_that_only_share_what_they_read()
    {
        Assert.Equal(2, Traversals(b => Normalized(Normalized(b).Linear(b.Input("w", Space.One, RowShape.Matrix(64, 64)))), Mixed).Length);
        ProgramBuilder both = new();
        Node x = both.Input("x", Space.Nodes, RowShape.Vector(64));
        Assert.Equal(2, LowerToKernels.Run(new Program([new Output("row", x.Exp()), new Output("number", x.SumColumns())]), Mixed).Kernels.Count);
    }

    [Fact]
    public void Rows_of_types_are_too_few_to_be_worth_it()
    {
        int apart = Traversals(b => Normalized(b, Space.EdgeTypes), Apart).Length;
        Assert.True(apart > 1);
        Assert.Equal(apart, Traversals(b => Normalized(b, Space.EdgeTypes), Mixed).Length);
    }

    private static Node Normalized(ProgramBuilder b) => Normalized(b, Space.Nodes);

    private static Node Normalized(ProgramBuilder b, Space space) => Normalized(b.Input("x", space, RowShape.Vector(64)));

    private static Node Normalized(Node x)
    {
        Node y = (x - x.MaxColumns()).Exp();
        return y / y.SumColumns();
    }

    private static Kernel.Traversal[] Traversals(Func<ProgramBuilder, Node> make, PipelineOptions options) =>
        [.. LowerToKernels.Run(new Program([new Output("y", make(new ProgramBuilder()))]), options).Kernels.OfType<Kernel.Traversal>()];
}
