using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class GatherOrderTests
{
    [Fact]
    public void Text_of_a_number_per_group()
    {
        Program program = new([new Output("y", Dots(new ProgramBuilder(), 64))]);
        Golden.Matches(
            "dots",
            $"--- in their own order\n{KernelPrinter.Print(LowerToKernels.Run(program, new PipelineOptions(2, Disabled: new HashSet<string> { "gather-order" })))}--- in the order of nodes\n{KernelPrinter.Print(LowerToKernels.Run(program, new PipelineOptions(2)))}");
    }

    [Fact]
    public void Text_of_a_sum_by_type()
    {
        ProgramBuilder b = new();
        Node rows = b.Input("x", Space.Nodes, RowShape.Vector(64)).Along(IndexMap.EdgeSource) * b.Input("s", Space.Edges, RowShape.Scalar);
        Program program = new([new Output("y", rows.Sum(IndexMap.EdgeType))]);
        Golden.Matches(
            "sum",
            $"--- type by type\n{KernelPrinter.Print(LowerToKernels.Run(program, new PipelineOptions(2, Disabled: new HashSet<string> { "gather-order" })))}--- in the order of nodes\n{KernelPrinter.Print(LowerToKernels.Run(program, new PipelineOptions(2)))}");
    }

    [Fact]
    public void Rows_that_do_not_lie_type_by_type_are_added_up_as_they_lie()
    {
        ProgramBuilder b = new();
        Program program = new([new Output("y", b.Input("e", Space.Edges, RowShape.Scalar).Sum(IndexMap.EdgeType)), new Output("z", b.Input("x", Space.Nodes, RowShape.Scalar).Sum(IndexMap.NodeType))]);
        Assert.Equal([IndexMap.Identity(Space.Edges), null], LowerToKernels.Run(program, new PipelineOptions(2)).Kernels.OfType<Kernel.Outer>().Select(o => o.Order));
    }

    [Fact]
    public void Rows_keep_their_order_where_nothing_is_won()
    {
        Assert.NotNull(OrderOf(b => Dots(b, 64)));
        Assert.Null(OrderOf(b => Dots(b, 8)));
        // Edges lie in the order of their targets.
        Assert.Null(OrderOf(b => b.Input("x", Space.Nodes, RowShape.Vector(64)).Along(IndexMap.EdgeTarget).SumColumns()));
        // Two rows in two orders.
        Assert.Null(OrderOf(b =>
        {
            Node x = b.Input("x", Space.Nodes, RowShape.Vector(64));
            return (x.Along(IndexMap.EdgeSource) * x.Along(IndexMap.EdgeTarget)).SumColumns();
        }));
        // Long rows are stored side by side.
        Assert.Null(OrderOf(b => b.Input("x", Space.Nodes, RowShape.Vector(64)).Along(IndexMap.SourceGroupNode).Exp()));
        // A product reads the same rows.
        Assert.Null(OrderOf(b => Dots(b, 64) * b.Input("x", Space.Nodes, RowShape.Vector(64)).Along(IndexMap.SourceGroupNode).Linear(b.Input("w", Space.EdgeTypes, RowShape.Matrix(64, 64)), IndexMap.SourceGroupType).SumColumns()));
    }

    private static Node Dots(ProgramBuilder b, int width) =>
        (b.Input("x", Space.Nodes, RowShape.Vector(width)).Along(IndexMap.SourceGroupNode) * b.Input("a", Space.EdgeTypes, RowShape.Vector(width)).Along(IndexMap.SourceGroupType)).SumColumns();

    private static IndexTable? OrderOf(Func<ProgramBuilder, Node> value) => LowerToKernels.Run(new Program([new Output("y", value(new ProgramBuilder()))]), new PipelineOptions(2)).Kernels
        .OfType<Kernel.Traversal>().SelectMany(t => t.Stores).Select(s => s.At).FirstOrDefault(at => at is not null);
}
