using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

/// <summary>
/// What is compared for equality is read from memory on both sides: made again in another kernel it could be rounded in another way.
/// </summary>
public sealed class ComparedValuesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_value_and_its_maximum_are_read_where_they_were_stored(bool sharesColumns)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(6)), y = x * b.Parameter("w", Space.One, RowShape.Vector(6));
        // The gradient comes back from other nodes: it is made in another kernel than the maximum.
        Node loss = y.MaxColumns().Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget).Tanh().Sum(IndexMap.ToOne(Space.Nodes));
        KernelProgram program = Pipeline.Run(new Program([new Output("g", loss.Gradients([x])[x])]), new PipelineOptions(Workers: 2) { SharesColumns = sharesColumns });
        Expression.Binary[] comparisons = [.. program.Kernels.SelectMany(k => k.Expressions).SelectMany(e => e.Descendants()).OfType<Expression.Binary>().Where(e => e.Kind == BinaryKind.Equal)];
        Assert.NotEmpty(comparisons);
        Assert.All(comparisons, e => Assert.IsType<Expression.Load>(e.A));
    }
}
