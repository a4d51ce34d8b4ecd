using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class SimplifyTests
{
    private static readonly EdgeSet T = EdgeSet.All.TargetSide(UglyGraphs.AlternatingSides), S = EdgeSet.All.SourceSide(UglyGraphs.AlternatingSides);

    /// <summary>One line for each rule: what it finds, and what it puts in place.</summary>
    private static readonly Dictionary<string, (Func<Values, Node> Before, Func<Values, Node> After)> Rules = new()
    {
        ["constants"] = (v => v.X * (v.B.Constant(2) + v.B.Constant(4)), v => v.X * 6),
        ["negated constant"] = (v => v.X * -v.B.Constant(2), v => v.X * -2),
        ["0 + x"] = (v => v.B.Constant(0) + v.X, v => v.X),
        ["x + 0"] = (v => v.X + 0, v => v.X),
        ["x - 0"] = (v => v.X - v.B.Constant(0), v => v.X),
        ["x + rows of zeros"] = (v => v.X + v.B.Constant(0).Along(IndexMap.ToOne(Space.Nodes)), v => v.X),
        ["1 * x"] = (v => v.B.Constant(1) * v.X, v => v.X),
        ["x * 1"] = (v => v.X * 1, v => v.X),
        ["x / 1"] = (v => v.X / v.B.Constant(1), v => v.X),
        ["widened x * 1"] = (v => v.Number * v.B.Constant(1).Expand(RowShape.Vector(4)), v => v.Number.Expand(RowShape.Vector(4))),
        ["-(-x)"] = (v => -(-v.X), v => v.X),
        ["x + (-y)"] = (v => v.X + -v.Y, v => v.X - v.Y),
        ["x - (-y)"] = (v => v.X - -v.Y, v => v.X + v.Y),
        ["(-x) * (-y)"] = (v => -v.X * -v.Y, v => v.X * v.Y),
        ["(x * 2) * 3"] = (v => v.X * 2 * 3, v => v.X * 6),
        ["bias + x"] = (v => v.Typed.Along(IndexMap.NodeType) + v.X, v => v.X + v.Typed.Along(IndexMap.NodeType)),
        ["widened * x"] = (v => v.Number.Expand(v.X.Row) * v.X, v => v.Number * v.X),
        ["x * widened"] = (v => v.X * v.Number.Expand(v.X.Row), v => v.X * v.Number),
        ["x * shared row"] = (v => v.X * v.Shared.Along(IndexMap.ToOne(Space.Nodes)), v => v.X * v.Shared),
        ["shared row * x"] = (v => v.Shared.Along(IndexMap.ToOne(Space.Nodes)) * v.X, v => v.Shared * v.X),
        ["put among all and taken out"] = (v => v.Papers.Sum(IndexMap.Inclusion("paper")).Along(IndexMap.Inclusion("paper")), v => v.Papers),
        ["taken out from others"] = (v => v.Papers.Sum(IndexMap.Inclusion("paper")).Along(IndexMap.Inclusion("author")), v => v.B.Constant(0).Along(IndexMap.ToOne(Space.NodesOf("author"))).Expand(v.X.Row)),
        ["both sides"] = (v => v.OnTargets.Sum(T.Edge) + v.OnSources.Sum(S.Edge), v => v.OnTargets.Union(T.Edge, v.OnSources, S.Edge)),
        ["both sides, turned"] = (v => v.OnSources.Sum(S.Edge) + v.OnTargets.Sum(T.Edge), v => v.OnTargets.Union(T.Edge, v.OnSources, S.Edge)),
        ["one side of (e + other)"] = (v => v.Edges + v.OnTargets.Sum(T.Edge) + v.OnSources.Sum(S.Edge), v => v.Edges + v.OnTargets.Union(T.Edge, v.OnSources, S.Edge)),
        ["one side of (other + e)"] = (v => v.OnTargets.Sum(T.Edge) + v.Edges + v.OnSources.Sum(S.Edge), v => v.OnTargets.Union(T.Edge, v.OnSources, S.Edge) + v.Edges),
        ["reshaped as it is"] = (v => v.B.Add(new Op.Reshape(v.X.Type), v.X), v => v.X),
        ["reshaped twice"] = (v => v.X.Reshape(new RowShape(2, 1, 2)).Reshape(RowShape.Matrix(2, 2)), v => v.X.Reshape(RowShape.Matrix(2, 2))),
        ["heads of one"] = (v => v.X.SumHeads(), v => v.X),
        ["columns of one"] = (v => v.Number.SumColumns(), v => v.Number),
        ["largest of one column"] = (v => v.Number.MaxColumns(), v => v.Number),
    };

    public static TheoryData<string> Names() => [.. Rules.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_rule_puts_the_simpler_value_in_place(string name)
    {
        Program before = new([new Output("y", Rules[name].Before(new Values(new ProgramBuilder())))]), after = Simplify.Run(before);
        Assert.Equal(new Program([new Output("y", Rules[name].After(new Values(new ProgramBuilder())))]).ToString(), after.ToString());
        Topology topology = UglyGraphs.Some(2).Topology;
        IReadOnlyDictionary<string, double[]> expected = InterpreterRun.Once(before, topology, seed: 4);
        Assert.All(expected["y"].Zip(InterpreterRun.Once(after, topology, seed: 4)["y"]), p => Assert.Equal(p.First, p.Second, 1e-12));
    }

    [Fact]
    public void No_zero_hides_that_another_operand_is_wider()
    {
        ProgramBuilder b = new();
        Program program = new([new Output("y", b.Input("one", Space.One, RowShape.Vector(4)) + b.Constant(0).Along(IndexMap.ToOne(Space.Nodes)))]);
        Assert.Contains(Simplify.Run(program).Nodes, n => n.Space == Space.Nodes);
    }

    [Theory]
    [InlineData(2, 3, true)]
    [InlineData(0, 1e-30, true)]
    [InlineData(1e-30, 1e-30, false)]
    [InlineData(1e-20, 1e-20, false)]
    [InlineData(1e30, 1e30, false)]
    public void Constants_are_multiplied_first_where_a_kernel_can_hold_their_product(double first, double second, bool folds)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4));
        Program program = new([new Output("y", x * first * second)]), after = Simplify.Run(program);
        Assert.Equal(folds ? 1 : 2, after.Nodes.Count(n => n.Op is Op.Binary));
    }

    [Fact]
    public void A_bias_is_added_second_where_passes_look_for_it()
    {
        Program Biased(bool first)
        {
            ProgramBuilder b = new();
            Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), k = b.Parameter("k", Space.NodeTypes, RowShape.Matrix(4, 4)), c = b.Parameter("c", Space.NodeTypes, RowShape.Vector(4));
            Node product = x.Linear(k, IndexMap.NodeType), bias = c.Along(IndexMap.NodeType), w = b.Parameter("w", Space.EdgeTypes, RowShape.Matrix(4, 4));
            return new Program([new Output("y", (first ? bias + product : product + bias).Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType).Sum(IndexMap.EdgeTarget))]);
        }
        Program second = Biased(first: false);
        Assert.Same(second, Simplify.Run(second));
        Assert.Equal(second.ToString(), Simplify.Run(Biased(first: true)).ToString());
    }

    [Fact]
    public void Rows_of_a_type_are_found_without_the_other_types()
    {
        ProgramBuilder b = new();
        Node[] types = [.. ((string[])["a", "b", "c"]).Select(t => b.Parameter(t, Space.NodesOf(t), RowShape.Vector(4)))];
        Node all = types.Select((x, i) => x.Sum(IndexMap.Inclusion("abc"[i].ToString()))).Aggregate((x, y) => x + y);
        Node loss = (all.Relu() * all).SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients(types);
        Program before = Differentiate.Run(new Program([new Output("loss", loss), .. types.Select(t => new Output($"gradient of {((Op.Leaf)t.Op).Name}", gradients[t]))]));
        Golden.Matches("types", $"{before}--- simplified\n{Simplify.Run(TypedRows.Run(before))}");
    }

    /// <summary>The leaves that rules are shown with.</summary>
    private sealed record Values(ProgramBuilder B)
    {
        public Node X { get; } = B.Input("x", Space.Nodes, RowShape.Vector(4));

        public Node Y { get; } = B.Input("y", Space.Nodes, RowShape.Vector(4));

        public Node Number { get; } = B.Input("number", Space.Nodes, RowShape.Scalar);

        public Node Shared { get; } = B.Input("shared", Space.One, RowShape.Vector(4));

        public Node Typed { get; } = B.Input("typed", Space.NodeTypes, RowShape.Vector(4));

        public Node Papers { get; } = B.Input("papers", Space.NodesOf("paper"), RowShape.Vector(4));

        public Node Edges { get; } = B.Input("edges", Space.Edges, RowShape.Vector(4));

        public Node OnTargets { get; } = B.Input("on targets", T.Edges, RowShape.Vector(4));

        public Node OnSources { get; } = B.Input("on sources", S.Edges, RowShape.Vector(4));
    }
}
