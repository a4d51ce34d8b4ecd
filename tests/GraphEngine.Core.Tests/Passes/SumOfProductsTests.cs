using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

/// <summary>Two products that are gathered together are added where the second is made.</summary>
public sealed class SumOfProductsTests
{
    [Fact]
    public void Text_of_two_products_of_groups() => Golden.Matches("groups", KernelPrinter.Print(Kernels(deepSecond: true)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_product_that_waits_longer_adds_the_other_one(bool deepSecond)
    {
        KernelProgram kernels = Kernels(deepSecond);
        Kernel.Gemm[] products = [.. kernels.Kernels.OfType<Kernel.Gemm>()];
        Kernel.Gemm last = Assert.Single(products, p => !ReferenceEquals(p.Store.Value, p.Product));
        Assert.Same(products[^1], last);
        Assert.Equal("w2", (deepSecond ? last : products[0]).Weight.Name);
        Kernel.Traversal sum = Assert.Single(kernels.Kernels.OfType<Kernel.Traversal>(), t => t.Space == Space.Nodes);
        Assert.Equal([last.Store.Target], sum.Loads.Select(l => l.Buffer).Distinct());
    }

    [Fact]
    public void Products_that_are_results_are_gathered_one_by_one()
    {
        ProgramBuilder b = new();
        (Node first, Node second) = (Product(b, "1", b.Input("u", Space.SourceGroups, RowShape.Vector(16))), Product(b, "2", b.Input("v", Space.SourceGroups, RowShape.Vector(16))));
        KernelProgram kernels = Lower(new Program([new Output("y", (first + second).Sum(IndexMap.SourceGroupNode)), new Output("first", first), new Output("second", second)]));
        Assert.All(kernels.Kernels.OfType<Kernel.Gemm>(), p => Assert.Same(p.Product, p.Store.Value));
        Assert.Equal(3, kernels.Kernels.Count);
    }

    /// <summary>One of the operands is a sum over edges that a kernel before it makes.</summary>
    private static KernelProgram Kernels(bool deepSecond)
    {
        ProgramBuilder b = new();
        Node shallow = b.Input("u", Space.SourceGroups, RowShape.Vector(16)), deep = b.Input("e", Space.Nodes, RowShape.Vector(16)).Along(IndexMap.EdgeTarget).Sum(IndexMap.EdgeSourceGroup);
        Node first = Product(b, "1", deepSecond ? shallow : deep), second = Product(b, "2", deepSecond ? deep : shallow);
        return Lower(new Program([new Output("y", (first + second).Sum(IndexMap.SourceGroupNode)), new Output("deep", deep)]));
    }

    private static Node Product(ProgramBuilder b, string name, Node x) => x.Linear(b.Input($"w{name}", Space.EdgeTypes, RowShape.Matrix(16, 16)), IndexMap.SourceGroupType);

    private static KernelProgram Lower(Program program) => LowerToKernels.Run(program, new PipelineOptions(Workers: 2));
}
