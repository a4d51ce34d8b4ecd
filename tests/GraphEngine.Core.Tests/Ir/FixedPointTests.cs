using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Ir;

public sealed class FixedPointTests
{
    private static readonly IndexMap Head = new("head", Space.Edges, Space.Nodes), Tail = new("tail", Space.Edges, Space.Nodes);

    /// <summary>
    /// Edges 0-1, 1-0, 1-2, 2-1 with logits .6, 1.7, .4, -.3; each node is pulled by the heads of its own edges, weighted by clip(logit, 0, 1) /
    /// outdegree.
    /// </summary>
    private static readonly Topology Path = new(
        new Dictionary<Space, int> { [Space.Nodes] = 3, [Space.Edges] = 4 }, new Dictionary<IndexMap, int[]> { [Tail] = [0, 1, 1, 2], [Head] = [1, 0, 2, 1] });

    private static readonly Dictionary<string, double[]> Values = new() { ["logits"] = [.6, 1.7, .4, -.3], ["b"] = [1, -2, .5] };

    public static TheoryData<bool, double[], double[], double[]> Solutions => new()
    {
        { false, [.448649, -1.837838, .5], [1.351351, 1.405405, 1.140541], [-1.241782, 0, .175676, 0] },
        { true, [.614396, -.946826, .462117], [.641730, .123451, .796157], [-.303803, 0, .014262, 0] },
    };

    [Theory, MemberData(nameof(Solutions))]
    public void The_solution_and_its_gradients_are_those_of_a_dense_solve(bool tanh, double[] solution, double[] byBias, double[] byLogits)
    {
        (Node x, Node b, Node logits) = Solver(tanh);
        Node loss = x.Sum(IndexMap.ToOne(Space.Nodes));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([b, logits]);
        IReadOnlyDictionary<string, double[]> results = ReferenceInterpreter.Run(new Program([new("x", x), new("b", gradients[b]), new("logits", gradients[logits])]), Path, Values);
        AssertNear(solution, results["x"]);
        AssertNear(byBias, results["b"]);
        AssertNear(byLogits, results["logits"]);
    }

    [Fact]
    public void As_many_steps_are_written_out_as_the_contraction_asks_for()
    {
        (Node x, _, _) = Solver(tanh: false);
        Program program = new([new Output("x", x)]);
        Op.FixedPoint op = Assert.Single(program.Nodes.Select(n => n.Op).OfType<Op.FixedPoint>());
        Assert.Equal(21, op.Applications);
        Program steps = ExpandRegions.Run(program);
        Assert.Equal(21, steps.Nodes.Count(n => n.Op is Op.Reduce));
        AssertNear(ReferenceInterpreter.Run(program, Path, Values)["x"], ReferenceInterpreter.Run(steps, Path, Values)["x"]);
    }

    [Theory]
    [InlineData(0.5, 1e-6, 21)]
    [InlineData(0.9, 1e-6, 153)]
    [InlineData(0.01, 0.5, 1)]
    [InlineData(0, 1e-6, 1)]
    public void The_number_of_applications_follows_Banachs_bound(double contraction, double tolerance, int applications)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Scalar), solved = b.FixedPoint(x, v => (v * contraction) + x, contraction, tolerance);
        Assert.Equal(applications, Assert.IsType<Op.FixedPoint>(solved.Op).Applications);
        Assert.True(contraction == 0 || Math.Pow(contraction, applications) / (1 - contraction) <= tolerance);
    }

    [Fact]
    public void Two_starts_lead_to_one_solution()
    {
        ProgramBuilder b = new();
        Node pull = b.Input("b", Space.Nodes, RowShape.Scalar);
        Node From(double start) => b.FixedPoint(pull + start, v => (v.Along(Tail).Mean(Head).Tanh() * 0.5) + pull, 0.5, 1e-9);
        IReadOnlyDictionary<string, double[]> results = ReferenceInterpreter.Run(ExpandRegions.Run(new Program([new("near", From(0)), new("far", From(100))])), Path, Values);
        AssertNear(results["near"], results["far"]);
    }

    [Fact]
    public void The_text_shows_the_body_and_what_it_captures()
    {
        (Node x, Node b, Node logits) = Solver(tanh: true);
        Program program = new([new Output("x", x), new Output("b", x.Sum(IndexMap.ToOne(Space.Nodes)).Gradients([b, logits])[b])]);
        Golden.Matches("before", program.ToString());
        Golden.Matches("differentiated", Differentiate.Run(program).ToString());
        Golden.Matches("expanded", ExpandRegions.Run(Small()).ToString());
    }

    [Fact]
    public void Equal_bodies_are_one_value()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Scalar);
        Assert.Same(b.FixedPoint(x, v => (v * 0.5) + x, 0.5), b.FixedPoint(x, v => (v * 0.5) + x, 0.5));
        Assert.NotSame(b.FixedPoint(x, v => (v * 0.5) + x, 0.5), b.FixedPoint(x, v => (v * 0.4) + x, 0.5));
        Assert.Same(x, b.FixedPoint(x * 2, _ => x, 0.5));
    }

    [Fact]
    public void A_body_must_give_what_it_takes_and_be_a_function()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(3));
        Assert.Equal("The body of a fixed point must give the type nodes[3] that it takes, but gives nodes[1].",
            Assert.Throws<IrException>(() => b.FixedPoint(x, v => v.SumColumns(), 0.5)).Message);
        Assert.Contains("is not the same function each time", Assert.Throws<IrException>(() => b.FixedPoint(x, v => b.Dropout(v, 0.5f), 0.5)).Message, StringComparison.Ordinal);
        Assert.Contains("needs a contraction in [0, 1)", Assert.Throws<IrException>(() => b.FixedPoint(x, v => v * 0.5, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Captures_that_become_one_value_have_its_gradient_once()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Scalar), w = b.Parameter("w", Space.One, RowShape.Matrix(1, 1));
        // The body captures W * 1 and W until both are one node: x* = x / (1 - w^2).
        Node solved = b.FixedPoint(x, v => v.Linear(w * b.Constant(1)).Linear(w, IndexMap.ToOne(v.Space), transposed: true) + x, 0.5);
        Program program = new([new Output("dw", solved.Sum(IndexMap.ToOne(Space.Nodes)).Gradients([w])[w])]);
        Program merged = ExpandRegions.Within(Simplify.Run)(program);
        Assert.Contains(merged.Nodes, n => n.Op is Op.FixedPoint && n.Operands.Distinct().Count() < n.Operands.Count - 1);
        Dictionary<string, double[]> values = new() { ["x"] = [1, -2, 4], ["w"] = [.5] };
        AssertNear([2 * .5 * 3 / (.75 * .75)], ReferenceInterpreter.Run(program, Path, values)["dw"]);
        AssertNear([2 * .5 * 3 / (.75 * .75)], ReferenceInterpreter.Run(merged, Path, values)["dw"]);
    }

    [Fact]
    public void More_applications_than_can_be_written_out_are_refused()
    {
        ProgramBuilder b = new();
        Node x = b.Input("b", Space.Nodes, RowShape.Scalar);
        Assert.Equal(
            "fixed_point<0.9999, 1E-06> with the factor 0.9999 takes 230247 applications of its body, but at most 2000 are written out; let the body contract more, for instance by a smaller weight of its running value, or raise the tolerance.",
            Assert.Throws<IrException>(() => b.FixedPoint(x, v => (v * 0.9999) + x, 0.9999)).Message);
        // Those of a region inside count as often as they are written.
        Assert.Contains("takes 23409 applications", Assert.Throws<IrException>(() => b.FixedPoint(x, v => (b.FixedPoint(v, u => (u * 0.9) + v, 0.9) * 0.09) + x, 0.9)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_applications_as_are_allowed_compile_and_are_the_interpreters()
    {
        ProgramBuilder b = new();
        Node x = b.Input("b", Space.Nodes, RowShape.Scalar);
        Program program = new([new Output("x", b.FixedPoint(x, v => (v.Along(Tail).Mean(Head).Tanh() * 0.99) + x, 0.99))]);
        Assert.InRange(Assert.IsType<Op.FixedPoint>(program["x"].Op).Applications, 1800, 2000);
        Assert.NotEmpty(Pipeline.Run(program, new PipelineOptions(2)).Kernels);
        // The interpreter is more exact, and starts far away: its usual number of applications is too small here.
        Program slow = new([new Output("x", b.FixedPoint(x * 1e6, v => (v * -0.997) + x, 0.997, tolerance: 0.99))]);
        AssertNear([.. Values["b"].Select(v => v / 1.997)], ReferenceInterpreter.Run(slow, Path, Values)["x"]);
    }

    [Fact]
    public void A_body_that_does_not_contract_is_noticed_by_the_interpreter()
    {
        ProgramBuilder b = new();
        Node x = b.Input("b", Space.Nodes, RowShape.Scalar);
        Program program = new([new Output("x", b.FixedPoint(x, v => -v + x, 0.5))]);
        Assert.Contains("does not contract by the factor 0.5", Assert.Throws<IrException>(() => ReferenceInterpreter.Run(program, Path, Values)).Message, StringComparison.Ordinal);
    }

    private static (Node X, Node B, Node Logits) Solver(bool tanh)
    {
        ProgramBuilder builder = new();
        Node b = builder.Parameter("b", Space.Nodes, RowShape.Scalar), logits = builder.Parameter("logits", Space.Edges, RowShape.Scalar);
        Node clipped = builder.Binary(BinaryKind.Min, builder.Binary(BinaryKind.Max, logits, builder.Constant(0)), builder.Constant(1));
        Node weights = clipped * builder.InverseDegree(Tail).Along(Tail);
        Node Pulled(Node v) => ((weights * v.Along(Head)).Sum(Tail) * 0.5) + b;
        return (builder.FixedPoint(b, v => tanh ? Pulled(v).Tanh() : Pulled(v), 0.5), b, logits);
    }

    private static Program Small()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Scalar);
        return new Program([new Output("x", b.FixedPoint(x, v => (v.Along(Head).Sum(Tail) * 0.1) + x, 0.1, 1e-2))]);
    }

    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-6));
    }
}
