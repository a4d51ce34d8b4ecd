using GraphEngine.Graphs;
using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class DifferentiateTests
{
    private static Topology Topology => OpCases.Topology;

    public static TheoryData<string> Ops() => OpCases.Names();

    [Theory, MemberData(nameof(Ops))]
    public void Every_op_has_the_gradient_that_differences_give(string name)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(6));
        Node y = OpCases.All[name](b, x);
        // Squaring makes the upstream gradient depend on the value, so that a constant gradient would be noticed.
        Node loss = ((y * y) + y).Tanh().Reshape(RowShape.Vector(y.Row.Size)).SumColumns().Sum(IndexMap.ToOne(y.Space));
        if (y.Row.Size == 1)
            loss = ((y * y) + y).Tanh().Sum(IndexMap.ToOne(y.Space));
        Node[] parameters = [.. ProgramGraph.Reachable([loss]).Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];
        GradientCheck.Check(loss, parameters, Topology, seed: 3);
    }

    [Fact]
    public void Matrices_broadcast_along_rows_and_columns()
    {
        ProgramBuilder b = new();
        Node Parameter(string name, RowShape row) => b.Parameter(name, Space.EdgeTypes, row);
        Node m = Parameter("m", RowShape.Matrix(4, 3)), line = Parameter("line", RowShape.Vector(3)), column = Parameter("column", RowShape.Matrix(4, 1)), number = Parameter("number", RowShape.Scalar);
        Node heads = Parameter("heads", new RowShape(2, 4, 3)), narrow = Parameter("narrow", RowShape.Matrix(4, 1)), wide = Parameter("wide", new RowShape(2, 4, 1)), lines = Parameter("lines", new RowShape(2, 1, 3));
        Node all = ((m * line) + column) * number, each = (heads * line) + (heads * wide) + (heads * lines), thin = narrow * number;
        Node Total(Node x) => x.Reshape(RowShape.Vector(x.Row.Size)).Tanh().SumColumns().Sum(IndexMap.ToOne(x.Space));
        GradientCheck.Check(Total(all) + Total(each) + Total(thin), [m, line, column, number, heads, narrow, wide, lines], UglyGraphs.Some(2).Topology, seed: 5);
    }

    [Fact]
    public void Every_op_is_among_the_cases()
    {
        HashSet<Op> seen = [];
        foreach (Func<ProgramBuilder, Node, Node> make in OpCases.All.Values)
        {
            ProgramBuilder b = new();
            seen.UnionWith(ProgramGraph.Reachable([make(b, b.Parameter("x", Space.Nodes, RowShape.Vector(6)))]).Select(n => n.Op));
        }
        // A gradient is what the pass removes, so that none is left to be differentiated.
        Assert.Empty(typeof(Op).GetNestedTypes().Except(seen.Select(o => o.GetType())).Where(t => t != typeof(Op.Gradient)).Select(t => t.Name));
        Assert.Empty(Enum.GetValues<UnaryKind>().Except(seen.OfType<Op.Unary>().Select(o => o.Kind)));
        Assert.Empty(Enum.GetValues<BinaryKind>().Except(seen.OfType<Op.Binary>().Select(o => o.Kind)));
        Assert.Empty(Enum.GetValues<ReduceKind>().Except(seen.OfType<Op.Reduce>().Select(o => o.Kind)));
        Assert.Empty(Enum.GetValues<ReduceKind>().Except(seen.OfType<Op.ReduceColumns>().Select(o => o.Kind)));
    }

    public static TheoryData<int, int> Seeds() => [.. from steps in (int[])[6, 14] from seed in Enumerable.Range(0, 25) select (steps, seed)];

    [Theory, MemberData(nameof(Seeds))]
    public void Random_programs_have_the_gradient_that_differences_give(int steps, int seed)
    {
        (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make((steps * 1000) + seed, steps, smooth: true);
        GradientCheck.Check(loss, parameters, Topology, seed);
    }

    [Fact]
    public void A_value_the_loss_does_not_depend_on_has_gradient_zero()
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(2)), y = b.Parameter("y", Space.Edges, RowShape.Vector(3));
        Node gradient = x.SumColumns().Sum(IndexMap.ToOne(Space.Nodes)).Gradients([x, y])[y];
        Assert.Equal(y.Type, gradient.Type);
        Assert.All(ReferenceInterpreter.Run(new Program([new Output("g", gradient)]), Topology, new Dictionary<string, double[]>())["g"], v => Assert.Equal(0, v));
    }

    [Fact]
    public void Rows_that_are_all_the_largest_share_the_gradient()
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(4)), total = x.Max(IndexMap.ToOne(Space.Nodes)).SumColumns() + x.MaxColumns().Sum(IndexMap.ToOne(Space.Nodes));
        Topology topology = new(new Dictionary<Space, int> { [Space.Nodes] = 2 }, new Dictionary<IndexMap, int[]>());
        double[] gradient = ReferenceInterpreter.Run(new Program([new Output("g", total.Gradients([x])[x])]), topology, new Dictionary<string, double[]> { ["x"] = [3, 3, 1, 0, 3, 5, 1, 2] })["g"];
        Assert.Equal([.5 + .5, .5, .5, 0, .5, 1 + 1, .5, 1], gradient);
    }

    [Fact]
    public void Losses_that_become_one_value_have_the_gradients_that_each_is_asked_for()
    {
        ProgramBuilder b = new();
        Node p = b.Parameter("p", Space.Nodes, RowShape.Scalar), q = b.Parameter("q", Space.Nodes, RowShape.Scalar);
        Node Total(Node x) => x.Sum(IndexMap.ToOne(Space.Nodes));
        Node one = Total(p * p), two = Total(p * p) + Total(q), a = Total(one.Gradients([p])[p] * one.Gradients([p])[p]), c = Total(two.Gradients([p])[p] * two.Gradients([p])[p]);
        Program program = new([new Output("dp", a.Gradients([p])[p]), new Output("dq", c.Gradients([q])[q])]);
        Topology topology = new(new Dictionary<Space, int> { [Space.Nodes] = 2 }, new Dictionary<IndexMap, int[]>());
        IReadOnlyDictionary<string, double[]> results = ReferenceInterpreter.Run(program, topology, new Dictionary<string, double[]> { ["p"] = [1, -3], ["q"] = [5, 6] });
        Assert.Equal([8, -24], results["dp"]);
        Assert.Equal([0, 0], results["dq"]);
    }

    [Fact]
    public void A_step_passes_no_gradient_on_however_steep_what_reads_it_is()
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Scalar);
        Node gradient = b.Unary(UnaryKind.Step, x).Sqrt().Sum(IndexMap.ToOne(Space.Nodes)).Gradients([x])[x];
        Topology topology = new(new Dictionary<Space, int> { [Space.Nodes] = 2 }, new Dictionary<IndexMap, int[]>());
        Assert.Equal([0, 0], ReferenceInterpreter.Run(new Program([new Output("g", gradient)]), topology, new Dictionary<string, double[]> { ["x"] = [-1, 1] })["g"]);
    }

    [Fact]
    public void Only_scalars_are_differentiated()
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(2));
        Assert.Equal("Only a scalar in one can be differentiated, but the loss has the type nodes[2].", Assert.Throws<IrException>(() => x.Gradients([x])).Message);
    }
}
