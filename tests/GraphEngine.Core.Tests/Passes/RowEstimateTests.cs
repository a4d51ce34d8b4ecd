using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class RowEstimateTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(30, 3)]
    [InlineData(1000, 8)]
    public void Rows_that_no_graph_decides_are_known(int rows, int workers)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Fixed("row", rows), RowShape.Vector(4));
        KernelProgram kernels = Pipeline.Run(new Program([new Output("y", x.Sum(IndexMap.ToOne(x.Space)))]), new PipelineOptions(Workers: 8, UglyGraphs.ManyNodes) { LeastRows = 10 });
        Assert.Equal(workers, Assert.Single(kernels.Kernels.OfType<Kernel.Outer>()).Shares.Workers);
    }
}
