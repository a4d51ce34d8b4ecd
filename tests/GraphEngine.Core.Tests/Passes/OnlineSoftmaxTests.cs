using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class OnlineSoftmaxTests
{
    private const string Kept = "kept-exponentials", Online = "online-softmax";

    [Fact]
    public void Text_of_attention_with_exponentials_that_are_kept_and_made_again_and_with_one_loop() => Golden.Matches(
        "attention", string.Join("\n", ((string[][])[[], [Kept, Online], [Kept]]).Select(off => $"--- without {(off.Length == 0 ? "nothing" : string.Join(", ", off))}\n{KernelPrinter.Print(Attention(off))}")));

    [Fact]
    public void Inference_stores_nothing_of_an_edge()
    {
        Assert.DoesNotContain(Attention([Kept]).Temporaries, t => Materialize.IsEdges(t.Type.Space));
        Assert.Contains(Attention([Kept, Online]).Temporaries, t => Materialize.IsEdges(t.Type.Space));
        Assert.Contains(Attention([]).Temporaries, t => Materialize.IsEdges(t.Type.Space));
    }

    [Fact]
    public void The_maximum_and_the_sums_are_found_in_one_loop()
    {
        OnlineSums sums = new(Attention([Kept]).Kernels.SelectMany(k => k.Expressions));
        Expression.Reduce maximum = Assert.Single(sums.Maxima);
        Assert.Equal(2, sums.SumsWith(maximum).Count);
        Assert.All(sums.SumsWith(maximum), s => Assert.Same(maximum, sums.MaximumOf(s)));
    }

    [Fact]
    public void Logits_that_are_dots_of_rows_are_kept()
    {
        ProgramBuilder b = new();
        Node q = b.Input("q", Space.Nodes, RowShape.Vector(4)), k = b.Input("k", Space.Nodes, RowShape.Vector(4)), v = b.Input("v", Space.Nodes, RowShape.Vector(4));
        Node weights = q.Along(IndexMap.EdgeTarget).Dot(k.Along(IndexMap.EdgeSource)).Softmax(IndexMap.EdgeTarget);
        KernelProgram kernels = Pipeline.Run(new Program([new Output("y", (weights * v.Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget))]), Without(Kept));
        Assert.Single(kernels.Temporaries, t => Materialize.IsEdges(t.Type.Space));
    }

    /// <summary>What does not scale with the exponentials would be wrong after a larger logit.</summary>
    [Fact]
    public void Sums_of_anything_else_are_no_part_of_the_loop()
    {
        ProgramBuilder b = new();
        Node l = b.Input("l", Space.Edges, RowShape.Scalar), z = b.Input("z", Space.Edges, RowShape.Scalar), largest = l.Max(IndexMap.EdgeTarget).Along(IndexMap.EdgeTarget), weights = (l - largest).Exp();
        Node[] summands = [weights + z, weights * (largest + z), weights * weights, (z - largest).Exp(), (largest - l).Exp(), weights.Relu()];
        foreach (Node summand in summands)
        {
            KernelProgram kernels = Pipeline.Run(new Program([new Output("y", summand.Sum(IndexMap.EdgeTarget))]), Without(Kept));
            Assert.True(!new OnlineSums(kernels.Kernels.SelectMany(k => k.Expressions)).Maxima.Any(), KernelPrinter.Print(kernels));
        }
    }

    /// <summary>A row's maximum that is read for other rows would be made again for each of them.</summary>
    [Fact]
    public void A_maximum_that_other_rows_read_is_kept()
    {
        ProgramBuilder b = new();
        Node l = b.Input("l", Space.Edges, RowShape.Scalar), shifted = l - l.Max(IndexMap.EdgeTarget).Along(IndexMap.EdgeTarget), weights = shifted.Exp(), sum = weights.Sum(IndexMap.EdgeTarget);
        bool Stores(ReduceKind kind, string[] disabled, params (string Name, Node Value)[] outputs) =>
            Pipeline.Run(new Program([.. outputs.Select(o => new Output(o.Name, o.Value))]), Without(disabled)).Kernels
                .SelectMany(k => k is Kernel.Segments s ? s.Statements : ((Kernel.Traversal)k).AllStores).Any(s => s.Value is Expression.Reduce r && r.Kind == kind);

        Assert.True(Stores(ReduceKind.Max, [Kept], ("y", weights.Sum(IndexMap.EdgeSource))));
        Assert.True(Stores(ReduceKind.Max, [Kept], ("shifted", shifted), ("sum", sum)));
        Assert.True(Stores(ReduceKind.Max, [Kept, "ordered-sums"], ("y", sum)));
        Assert.False(Stores(ReduceKind.Max, [Kept], ("y", sum)));
        // The sum is made once for each row, its maximum with it, though both ends of an edge read it.
        Assert.True(Stores(ReduceKind.Sum, [Kept], ("y", (sum * sum.Log()).Along(IndexMap.EdgeSource).Max(IndexMap.EdgeTarget))));
    }

    [Fact]
    public void A_maximum_of_equal_numbers_has_a_loop_of_its_own()
    {
        ProgramBuilder b = new();
        Node l = b.Input("a", Space.Nodes, RowShape.Scalar).Along(IndexMap.EdgeTarget), sum = (l - l.Max(IndexMap.EdgeTarget).Along(IndexMap.EdgeTarget)).Exp().Sum(IndexMap.EdgeTarget);
        Assert.Empty(new OnlineSums(Pipeline.Run(new Program([new Output("y", sum)]), Without(Kept)).Kernels.SelectMany(k => k.Expressions)).Maxima);
    }

    private static KernelProgram Attention(string[] disabled)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), s = b.Input("s", Space.Nodes, RowShape.Scalar), t = b.Input("t", Space.Nodes, RowShape.Scalar);
        Node logits = (s.Along(IndexMap.EdgeSource) + t.Along(IndexMap.EdgeTarget)).LeakyRelu(0.2f);
        return Pipeline.Run(new Program([new Output("y", (logits.Softmax(IndexMap.EdgeTarget) * x.Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget))]), Without(disabled));
    }

    private static PipelineOptions Without(params string[] disabled) => new(2, Disabled: disabled.ToHashSet());
}
