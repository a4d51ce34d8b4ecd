using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class ScaledWeightsTests
{
    [Fact]
    public void Text_of_scores_with_a_prior_per_relation_and_head()
    {
        Program before = Scores(heads: 2, (product, query, prior) => product.Dot(query) * prior);
        Golden.Matches("scores", $"{before}--- after scaled-weights\n{ScaledWeights.Run(before, UglyGraphs.ManyEdges)}");
    }

    [Fact]
    public void Factors_on_either_side_and_of_rows_are_found()
    {
        AssertScaled(Scores(heads: 1, (product, query, prior) => prior * query.Dot(product)));
        AssertScaled(Scores(heads: 1, (product, _, prior) => prior * product));
    }

    [Fact]
    public void Several_factors_are_found_one_after_the_other()
    {
        AssertScaled(Scores(heads: 1, (product, query, prior) => (prior * product.Dot(query)) * prior));
        // The second factor has a head for each of the results and stays.
        Program program = Scores(heads: 1, (product, query, prior) => (product.Dot(query) * prior) * query.Builder.Input("heads", Space.EdgeTypes, new RowShape(3, 1, 1)).Along(IndexMap.EdgeType));
        Assert.Single(ScaledWeights.Run(program, UglyGraphs.ManyEdges).Nodes, n => n.Op is Op.Gather { Map: var map } && map == IndexMap.EdgeType);
    }

    [Fact]
    public void Factors_of_trained_programs_are_found()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), weight = b.Parameter("w", Space.EdgeTypes, RowShape.Matrix(4, 4));
        Node[] priors = [b.Parameter("p", Space.EdgeTypes, RowShape.Scalar), b.Parameter("q", Space.EdgeTypes, RowShape.Scalar)];
        Node score = priors[0].Along(IndexMap.EdgeType) * x.Along(IndexMap.EdgeSource).Linear(weight, IndexMap.EdgeType).Dot(x.Along(IndexMap.EdgeTarget)) * priors[1].Along(IndexMap.EdgeType);
        Node loss = score.Tanh().Sum(IndexMap.ToOne(Space.Edges));
        AssertScaled(new Program([new Output("loss", loss), .. loss.Gradients([weight, .. priors]).Select((g, i) => new Output($"g{i}", g.Value))]));
    }

    [Fact]
    public void What_something_else_reads_stays() => AssertTheSame(Scores(heads: 1, (product, query, prior) => (product.Dot(query) * prior) + product.SumColumns()), UglyGraphs.ManyEdges);

    [Fact]
    public void Numbers_of_edges_stay() => AssertTheSame(Scores(heads: 1, (product, query, prior) => product.Dot(query) * (prior * query.SumColumns())), UglyGraphs.ManyEdges);

    [Fact]
    public void A_head_of_its_own_for_each_factor_is_no_reason_for_more_weights() =>
        AssertTheSame(Scores(heads: 1, (product, query, prior) => product.Dot(query) * prior, factors: 3), UglyGraphs.ManyEdges);

    [Fact]
    public void Few_edges_or_no_counts_change_nothing()
    {
        Program program = Scores(heads: 1, (product, query, prior) => product.Dot(query) * prior);
        AssertTheSame(program, UglyGraphs.ManyEdges with { Edges = [.. Enumerable.Repeat(4, UglyGraphs.EdgeTypes)] });
        AssertTheSame(program, null);
    }

    /// <summary>Edges multiply nothing by a number of their relation any more.</summary>
    private static void AssertScaled(Program program) =>
        Assert.DoesNotContain(ScaledWeights.Run(program, UglyGraphs.ManyEdges).Nodes, n => n.Op is Op.Gather { Map: var map } && map == IndexMap.EdgeType);

    private static void AssertTheSame(Program program, RelationStatistics? statistics) => Assert.Same(program, ScaledWeights.Run(program, statistics));

    private static Program Scores(int heads, Func<Node, Node, Node, Node> score, int? factors = null)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, new RowShape(heads, 1, 4)), weight = b.Input("w", Space.EdgeTypes, new RowShape(heads, 4, 4));
        Node prior = b.Input("prior", Space.EdgeTypes, new RowShape(factors ?? heads, 1, 1)).Along(IndexMap.EdgeType);
        return new Program([new Output("score", score(x.Along(IndexMap.EdgeSource).Linear(weight, IndexMap.EdgeType), x.Along(IndexMap.EdgeTarget), prior))]);
    }
}
