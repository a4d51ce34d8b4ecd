using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class LateDivisionTests
{
    [Fact]
    public void Text_of_attention_and_of_its_gradient()
    {
        Program before = ExpandSoftmax.Run(Attention(IndexMap.EdgeTarget, rate: 0.5f)), after = LateDivision.Run(before);
        Golden.Matches("attention", $"{before}--- after late-division\n{after}--- after differentiate\n{Simplify.Run(Differentiate.Run(after))}");
    }

    [Fact]
    public void The_gradient_of_attention_needs_no_other_sum_over_edges_than_those_of_the_gathered_rows()
    {
        Expression.Reduce[] late = EdgeSums("none"), early = EdgeSums("late-division");
        // Messages by target, and their gradients by source.
        Assert.Equal([IndexMap.EdgeTarget, IndexMap.EdgeSource], late.Where(r => r.Row.Size > 1).Select(r => r.Loop.Map));
        Assert.All(late.Where(r => r.Row.Size > 1), r => Assert.Contains(r.Body.Descendants(), e => e is Expression.Load { Row.Size: > 1, Index.Loop: var loop } && loop == r.Loop));
        // The exponentials have a sum of their own; without the pass the centring of the gradient has another one.
        Assert.IsType<Expression.Load>(Assert.Single(late, r => r.Row.Size == 1).Body);
        Assert.Equal(2, early.Count(r => r.Row.Size == 1));
    }

    [Fact]
    public void Weights_that_add_up_to_one_elsewhere_stay_as_they_are()
    {
        Program program = ExpandSoftmax.Run(Attention(IndexMap.EdgeTargetGroup, rate: 0));
        Assert.Same(program, LateDivision.Run(program));
    }

    [Fact]
    public void Quotients_that_are_no_softmax_stay_as_they_are()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), number = b.Input("n", Space.Nodes, new RowShape(3, 1, 1)), one = b.Constant(1), logits = b.Input("l", Space.Edges, RowShape.Scalar);
        Node positive = b.Binary(BinaryKind.Max, number, one), z = x.Along(IndexMap.EdgeSource), unshifted = logits.Exp();
        Node[] weights =
        [
            x.SumColumns().Along(IndexMap.EdgeSource) / number.Along(IndexMap.EdgeTarget), one / positive.Along(IndexMap.EdgeTarget), b.Dropout(logits / positive.Along(IndexMap.EdgeTarget), 0.5f),
            unshifted / b.Binary(BinaryKind.Max, unshifted.Sum(IndexMap.EdgeTarget), one).Along(IndexMap.EdgeTarget),
        ];
        Program program = new([.. weights.Select((w, i) => new Output($"y{i}", (w * z).Sum(IndexMap.EdgeTarget)))]);
        Assert.Same(program, LateDivision.Run(program));
    }

    [Fact]
    public void Random_programs_meet_the_pass()
    {
        int changed = Enumerable.Range(0, 60).Select(seed => ExpandSoftmax.Run(new Program([new Output("loss", RandomPrograms.Make(seed, 12, smooth: false).Loss)])))
            .Count(p => !ReferenceEquals(p, LateDivision.Run(p)));
        Assert.True(changed >= 4, $"{changed} of 60 random programs have a sum to divide late.");
    }

    private static Expression.Reduce[] EdgeSums(string disabled)
    {
        KernelProgram kernels = Pipeline.Run(Attention(IndexMap.EdgeTarget, rate: 0), new PipelineOptions(2, Disabled: new HashSet<string> { disabled }));
        return [.. kernels.Kernels.SelectMany(k => k.Expressions).SelectMany(e => e.Descendants()).OfType<Expression.Reduce>().Distinct<Expression.Reduce>(ReferenceEqualityComparer.Instance)
            .Where(r => r.Kind == ReduceKind.Sum)];
    }

    private static Program Attention(IndexMap weightsAlong, float rate)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), logits = b.Input("l", Space.Edges, RowShape.Scalar);
        Node weights = logits.Softmax(weightsAlong);
        weights = b.Dropout(weights, rate);
        Node y = (weights * x.Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget), loss = y.Dot(y).Sum(IndexMap.ToOne(Space.Nodes));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([x, logits]);
        return new Program([new Output("y", y), new Output("dx", gradients[x]), new Output("dl", gradients[logits])]);
    }
}
