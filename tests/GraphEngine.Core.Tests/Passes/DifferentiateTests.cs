using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class DifferentiateTests
{
    private static readonly Topology Topology = UglyGraphs.AlternatingSides.Bind(UglyGraphs.Some(seed: 7).Topology);

    public static TheoryData<string> Ops() => [.. Cases.Keys];

    private static readonly Dictionary<string, Func<ProgramBuilder, Node, Node>> Cases = new()
    {
        ["neg"] = (_, x) => -x,
        ["reciprocal"] = (b, x) => b.Unary(UnaryKind.Reciprocal, (x * x) + 1f),
        ["exp"] = (_, x) => x.Exp(),
        ["log"] = (_, x) => ((x * x) + 1f).Log(),
        ["sqrt"] = (_, x) => ((x * x) + 1f).Sqrt(),
        ["relu"] = (_, x) => x.Relu(),
        ["step"] = (b, x) => b.Unary(UnaryKind.Step, x, 0.3f) * x,
        ["leaky_relu"] = (_, x) => x.LeakyRelu(0.2f),
        ["sigmoid"] = (_, x) => x.Sigmoid(),
        ["tanh"] = (_, x) => x.Tanh(),
        ["softplus"] = (_, x) => x.Softplus(),
        ["erf"] = (b, x) => b.Unary(UnaryKind.Erf, x),
        ["gelu"] = (_, x) => x.Gelu(),
        ["elu"] = (_, x) => x.Elu(),
        ["cos"] = (b, x) => b.Unary(UnaryKind.Cos, x),
        ["sin"] = (b, x) => b.Unary(UnaryKind.Sin, x),
        ["add, broadcast vector"] = (b, x) => x + b.Parameter("v", Space.One, RowShape.Vector(6)),
        ["sub, broadcast scalar"] = (b, x) => (x * x) - b.Parameter("v", Space.One, RowShape.Scalar),
        ["mul, broadcast row scalar"] = (b, x) => x * b.Parameter("v", Space.Nodes, RowShape.Scalar),
        ["div"] = (b, x) => x / ((b.Parameter("v", Space.Nodes, RowShape.Scalar) * 0.1f) + 2f),
        ["max"] = (b, x) => b.Binary(BinaryKind.Max, x, b.Parameter("v", Space.Nodes, RowShape.Vector(6))),
        ["min"] = (b, x) => b.Binary(BinaryKind.Min, x, b.Parameter("v", Space.One, RowShape.Scalar)),
        ["dropout"] = (b, x) => b.Dropout(x * x, 0.4f),
        ["detach"] = (_, x) => x * x.Detach().Detach() - (x.Detach() * x),
        ["gather"] = (_, x) => x.Along(IndexMap.EdgeSource),
        ["sum"] = (_, x) => x.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget),
        ["mean"] = (_, x) => x.Along(IndexMap.EdgeSource).Mean(IndexMap.EdgeTargetGroup),
        ["max along"] = (_, x) => x.Along(IndexMap.EdgeSourceGroup.To == Space.SourceGroups ? IndexMap.SourceGroupNode : IndexMap.EdgeSource).Max(IndexMap.SourceGroupType),
        ["softmax"] = (_, x) => x.Along(IndexMap.EdgeSource).Softmax(IndexMap.EdgeTarget),
        ["linear"] = (b, x) => x.Linear(b.Parameter("w", Space.NodeTypes, RowShape.Matrix(6, 5)), IndexMap.NodeType),
        ["linear, transposed"] = (b, x) => x.Linear(b.Parameter("w", Space.NodeTypes, RowShape.Matrix(5, 6)), IndexMap.NodeType, transposed: true),
        ["linear, heads of the weight"] = (b, x) => x.Linear(b.Parameter("w", Space.One, new RowShape(2, 6, 3))),
        ["linear, heads of both"] = (b, x) => x.Reshape(new RowShape(2, 1, 3)).Linear(b.Parameter("w", Space.One, new RowShape(2, 3, 4))),
        ["outer"] = (b, x) => x.Outer(b.Parameter("v", Space.Nodes, RowShape.Vector(3)), IndexMap.NodeType).Reshape(RowShape.Vector(18)),
        ["linear, matrices"] = (b, x) => x.Reshape(new RowShape(1, 2, 3)).Linear(b.Parameter("w", Space.NodeTypes, RowShape.Matrix(3, 4)), IndexMap.NodeType),
        ["linear, transposed matrices of heads"] = (b, x) => x.Reshape(new RowShape(3, 2, 1)).Linear(b.Parameter("w", Space.One, new RowShape(3, 4, 1)), IndexMap.ToOne(Space.Nodes), transposed: true),
        ["outer, matrices"] = (b, x) => x.Reshape(new RowShape(1, 2, 3)).Outer(b.Parameter("v", Space.Nodes, RowShape.Matrix(2, 4)), IndexMap.NodeType),
        ["sum of columns"] = (_, x) => x * x.SumColumns(),
        ["max of columns"] = (_, x) => x * x.MaxColumns(),
        ["sum of heads"] = (_, x) => (x * x).Reshape(new RowShape(3, 1, 2)).SumHeads(),
        ["expand"] = (_, x) => x.SumColumns().Expand(RowShape.Vector(4)),
        ["concat"] = (b, x) => x.Concat(b.Parameter("v", Space.Nodes, RowShape.Vector(2))),
        ["union"] = (_, x) => x.Along(SideMaps.TargetEdgeSource).Union(SideMaps.TargetEdge, x.Along(SideMaps.SourceEdgeTarget) * 2.0, SideMaps.SourceEdge),
        ["slice"] = (_, x) => x.Slice(1, 3),
        ["pick"] = (_, x) => x.Slice(0, UglyGraphs.NodeTypes).Pick(IndexMap.NodeType),
        ["one hot"] = (b, x) => x.Slice(0, UglyGraphs.NodeTypes) * b.OneHot(IndexMap.NodeType, UglyGraphs.NodeTypes),
    };

    [Theory, MemberData(nameof(Ops))]
    public void Every_op_has_the_gradient_that_differences_give(string name)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(6));
        Node y = Cases[name](b, x);
        // Squaring makes the upstream gradient depend on the value, so that a constant gradient would be noticed.
        Node loss = ((y * y) + y).Tanh().Reshape(RowShape.Vector(y.Row.Size)).SumColumns().Sum(IndexMap.ToOne(y.Space));
        if (y.Row.Size == 1)
            loss = ((y * y) + y).Tanh().Sum(IndexMap.ToOne(y.Space));
        Node[] parameters = [.. ProgramGraph.Reachable([loss]).Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];
        GradientCheck.Check(loss, parameters, Topology, seed: 3);
    }

    [Fact]
    public void Every_op_is_among_the_cases()
    {
        HashSet<Type> seen = [];
        foreach (Func<ProgramBuilder, Node, Node> make in Cases.Values)
        {
            ProgramBuilder b = new();
            seen.UnionWith(ProgramGraph.Reachable([make(b, b.Parameter("x", Space.Nodes, RowShape.Vector(6)))]).Select(n => n.Op.GetType()));
        }
        // A gradient is what the pass removes, so that none is left to be differentiated.
        Assert.Empty(typeof(Op).GetNestedTypes().Except(seen).Where(t => t != typeof(Op.Gradient)).Select(t => t.Name));
    }

    [Theory]
    [InlineData(6)]
    [InlineData(14)]
    public void Random_programs_have_the_gradient_that_differences_give(int steps)
    {
        for (int seed = 0; seed < 25; seed++)
        {
            (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make((steps * 1000) + seed, steps, smooth: true);
            GradientCheck.Check(loss, parameters, Topology, seed);
        }
    }

    [Fact]
    public void A_value_the_loss_does_not_depend_on_has_gradient_zero()
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(2)), y = b.Parameter("y", Space.Edges, RowShape.Vector(3));
        Node gradient = x.SumColumns().Sum(IndexMap.ToOne(Space.Nodes)).Gradients([x, y])[y];
        Assert.Equal(y.Type, gradient.Type);
        Assert.All(Interpreter.ReferenceInterpreter.Run(new Program([new Output("g", gradient)]), Topology, new Dictionary<string, double[]>())["g"], v => Assert.Equal(0, v));
    }

    [Fact]
    public void Only_scalars_are_differentiated()
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(2));
        Assert.Equal("Only a scalar in one can be differentiated, but the loss has the type nodes[2].", Assert.Throws<IrException>(() => x.Gradients([x])).Message);
    }
}
