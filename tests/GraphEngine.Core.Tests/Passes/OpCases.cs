using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

/// <summary>Every op in a small use of its own: from a parameter of six columns on nodes to a value whose gradient and kernels are tested.</summary>
internal static class OpCases
{
    private static readonly EdgeSet T = EdgeSet.All.TargetSide(UglyGraphs.AlternatingSides), S = EdgeSet.All.SourceSide(UglyGraphs.AlternatingSides);

    public static Topology Topology { get; } = UglyGraphs.Some(seed: 7).Topology;

    public static TheoryData<string> Names() => [.. All.Keys];

    public static IReadOnlyDictionary<string, Func<ProgramBuilder, Node, Node>> All { get; } = new Dictionary<string, Func<ProgramBuilder, Node, Node>>
    {
        ["neg"] = (_, x) => -x,
        ["reciprocal"] = (b, x) => b.Unary(UnaryKind.Reciprocal, (x * x) + 1f),
        ["exp"] = (_, x) => x.Exp(),
        ["log"] = (_, x) => ((x * x) + 1f).Log(),
        ["sqrt"] = (_, x) => ((x * x) + 1f).Sqrt(),
        ["relu"] = (_, x) => x.Relu(),
        ["step"] = (b, x) => b.Unary(UnaryKind.Step, x, 0.3f) * x,
        ["leaky_relu"] = (_, x) => x.LeakyRelu(0.2f),
        ["leaky_relu, flat"] = (_, x) => x.LeakyRelu(0),
        ["leaky_relu, falling"] = (_, x) => x.LeakyRelu(-0.5f),
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
        // Edges that are there twice attain a maximum together.
        ["max along"] = (_, x) => x.Along(IndexMap.EdgeSource).Max(IndexMap.EdgeTarget),
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
        ["max of columns, twice the same"] = (_, x) => x.Concat(x.Slice(1, 4)).MaxColumns(),
        ["sum of heads"] = (_, x) => (x * x).Reshape(new RowShape(3, 1, 2)).SumHeads(),
        ["expand"] = (_, x) => x.SumColumns().Expand(RowShape.Vector(4)),
        ["concat"] = (b, x) => x.Concat(b.Parameter("v", Space.Nodes, RowShape.Vector(2))),
        ["union"] = (_, x) => x.Along(T.Source).Union(T.Edge, x.Along(S.Target) * 2.0, S.Edge),
        ["slice"] = (_, x) => x.Slice(1, 3),
        ["pick"] = (_, x) => x.Slice(0, UglyGraphs.NodeTypes).Pick(IndexMap.NodeType),
        ["fixed point"] = (b, x) => b.FixedPoint(x, v => (v.Along(IndexMap.EdgeSource).Mean(IndexMap.EdgeTarget).Tanh() * 0.5) + x, contraction: 0.5, tolerance: 0.1),
        ["fixed point, of one inside"] = (b, x) => b.FixedPoint(
            x, v => (b.FixedPoint(v, u => (u.Tanh() * 0.3) + v, contraction: 0.3, tolerance: 0.2) * 0.3) + (x * b.Parameter("w", Space.One, RowShape.Scalar)), contraction: 0.5, tolerance: 0.2),
        ["fixed point, typed"] = (b, x) => b.FixedPoint(
            x * 0.1, v => (v.Linear(b.Parameter("w", Space.NodeTypes, RowShape.Matrix(6, 6)), IndexMap.NodeType) * 0.1).Tanh() + x, contraction: 0.6, tolerance: 0.2),
        ["tree"] = (b, x) => x.Along(IndexMap.EdgeSource).TreeReduce(
            IndexMap.EdgeTarget, Topology.TreeLevels(IndexMap.EdgeTarget), (u, v) => (u * 0.7) + (v * u.Tanh()) - (v * 0.2), b.Parameter("e", Space.One, RowShape.Vector(6))),
        ["top rows"] = (b, x) => x.TopRows(b.Input("scores", Space.Nodes, RowShape.Scalar), 4, IndexMap.NodeType).Reshape(RowShape.Vector(24)),
        ["one hot"] = (b, x) => x.Slice(0, UglyGraphs.NodeTypes) * b.OneHot(IndexMap.NodeType, UglyGraphs.NodeTypes),
    };
}
