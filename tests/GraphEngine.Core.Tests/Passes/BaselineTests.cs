using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class BaselineTests
{
    [Fact]
    public void Baselines_keep_passes_that_there_are_and_add_to_each_other()
    {
        Assert.All(Baseline.All, b => Assert.Empty(b.Kept.Except(Pipeline.Optional)));
        Assert.Equal(Baseline.All.Count, Baseline.All.Select(b => b.Name).Except(Pipeline.Optional).Distinct().Count());
        Assert.Equal(Baseline.Find("pigeon-both")!.Kept.Order(), Baseline.Find("pigeon-compaction")!.Kept.Union(Baseline.Find("pigeon-reordering")!.Kept).Order());
    }

    /// <summary>
    /// RGAT: a product for messages and for one end's part of the logits, and one for the other end's; vectors of a relation are multiplied with its
    /// matrix first where products are reordered.
    /// </summary>
    [Theory]
    [InlineData("pigeon-none", "edges", "edges")]
    [InlineData("pigeon-compaction", "sgroups", "tgroups")]
    [InlineData("pigeon-reordering", "etypes", "etypes", "edges")]
    [InlineData("pigeon-both", "etypes", "etypes", "sgroups")]
    public void Products_have_the_rows_that_the_configuration_gives_them(string name, params string[] spaces)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(16)), w = b.Input("w", Space.EdgeTypes, RowShape.Matrix(16, 16));
        Node a = b.Input("a", Space.EdgeTypes, RowShape.Vector(16)), c = b.Input("c", Space.EdgeTypes, RowShape.Vector(16));
        Node Product(IndexMap end) => x.Along(end).Linear(w, IndexMap.EdgeType);
        Node Logits(IndexMap end, Node vector) => (Product(end) * vector.Along(IndexMap.EdgeType)).SumColumns();
        Node logits = Logits(IndexMap.EdgeSource, a) + Logits(IndexMap.EdgeTarget, c);
        Program program = new([new Output("y", (Product(IndexMap.EdgeSource) * logits.Softmax(IndexMap.EdgeTarget)).Sum(IndexMap.EdgeTarget))]);
        KernelProgram kernels = Pipeline.Run(program, new PipelineOptions(Workers: 2, UglyGraphs.ManyEdges, Baseline.Find(name)!.Disabled.ToHashSet()));
        string[] found = [.. kernels.Kernels.OfType<Kernel.Gemm>().Where(g => g.Weight.Name == "w").Select(g => g.Store.Target.Type.Space.Name)];
        Assert.Equal(spaces.Order(), found.Order());
    }
}
