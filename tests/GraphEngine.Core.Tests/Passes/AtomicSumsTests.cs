using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class AtomicSumsTests
{
    [Fact]
    public void Sums_over_edges_are_made_edge_by_edge_when_asked_for()
    {
        KernelProgram kernels = Lower("ordered-sums");
        Golden.Matches("kernels", $"--- in the order of lists\n{KernelPrinter.Print(Lower())}--- edge by edge\n{KernelPrinter.Print(kernels)}");
        Assert.All(kernels.Kernels.SelectMany(k => k.Expressions).SelectMany(e => e.Descendants()).OfType<Expression.Reduce>(), r => Assert.False(Materialize.IsEdges(r.Loop.Map!.From)));
    }

    [Fact]
    public void Nothing_is_added_atomically_otherwise() =>
        Assert.DoesNotContain(Lower().Kernels.OfType<Kernel.Traversal>().SelectMany(t => t.Stores), s => s.Adds);

    private static KernelProgram Lower(params string[] disabled)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(6)), y = x.Along(IndexMap.EdgeSource).Mean(IndexMap.EdgeTarget).Tanh();
        Node loss = (y * y).SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
        return Pipeline.Run(new Program([new("y", y), new("gradient", loss.Gradients([x])[x])]), new PipelineOptions(2, Disabled: disabled.ToHashSet()));
    }
}
