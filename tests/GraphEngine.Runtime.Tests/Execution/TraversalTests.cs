using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

public sealed class TraversalTests
{
    private static readonly int[] Widths = [1, 7, 16, 26, 64];

    public static TheoryData<string, int, int> Shapes() => Shapes(TestDevices.Names);

    [Theory, MemberData(nameof(Shapes))]
    public void Elementwise_functions(string device, int heads, int width)
    {
        ProgramBuilder b = new();
        RowShape row = new(heads, 1, width);
        Node x = b.Input("x", Space.Nodes, row), y = b.Input("y", Space.Nodes, row), s = b.Input("s", Space.Nodes, new RowShape(heads, 1, 1)), o = b.Input("o", Space.One, row);
        Node positive = (x * x) + 0.5f;
        List<Output> outputs =
        [
            new("arithmetic", ((x + y) * o) - (x / positive) + -x),
            new("extremes", b.Binary(BinaryKind.Max, x, y * s) + b.Binary(BinaryKind.Min, x, o)),
            new("equal", b.Binary(BinaryKind.Equal, x.Relu(), b.Constant(0)) + b.Unary(UnaryKind.Reciprocal, positive)),
            new("elu", x.Elu() * s),
            new("gelu", x.Gelu()),
            new("logs", positive.Log() + positive.Sqrt() + (x * 3f).Softplus()),
            new("waves", b.Unary(UnaryKind.Sin, x * 4f) + b.Unary(UnaryKind.Cos, y * 4f)),
            new("gates", (x * 2f).Tanh() + (y * 3f).Sigmoid() + x.LeakyRelu(0.2f) + b.Unary(UnaryKind.Step, x, 0.3f)),
            new("dropout", b.Dropout(x + s, 0.4f)),
            new("flat", b.Dropout(x.Tanh() * y, 0.25f)),
        ];
        Check(device, outputs);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Gathers_and_reductions(string device, int heads, int width) => Check(device, Reductions(heads, width));

    [Theory, MemberData(nameof(Shapes))]
    public void Reductions_by_atomic_additions(string device, int heads, int width) => Check(device, Reductions(heads, width), "ordered-sums");

    private static List<Output> Reductions(int heads, int width)
    {
        ProgramBuilder b = new();
        RowShape row = new(heads, 1, width);
        Node x = b.Input("x", Space.Nodes, row), e = b.Input("e", Space.Edges, new RowShape(heads, 1, 1)), wide = b.Input("wide", Space.Edges, row);
        Node messages = x.Along(IndexMap.EdgeSource);
        return
        [
            new("sum", messages.Sum(IndexMap.EdgeTarget)),
            new("mean", (messages * e).Mean(IndexMap.EdgeTarget)),
            new("max", (messages + wide).Max(IndexMap.EdgeTarget)),
            new("back", wide.Sum(IndexMap.EdgeSource)),
            new("groups", messages.Mean(IndexMap.EdgeTargetGroup).Sum(IndexMap.TargetGroupNode)),
            new("attention", (messages * e.LeakyRelu(0.2f).Softmax(IndexMap.EdgeTarget)).Sum(IndexMap.EdgeTarget)),
            new("scores", messages.Dot(wide)),
            // Numbers made from rows of nodes alone are made in the order of nodes.
            new("lengths", (messages * messages).SumColumns()),
            new("sums by type", messages.Sum(IndexMap.EdgeType) + (x.Along(IndexMap.SourceGroupNode) * 0.5f).Sum(IndexMap.SourceGroupType)),
            new("group lengths", x.Along(IndexMap.SourceGroupNode).MaxColumns() + x.Along(IndexMap.SourceGroupNode).SumColumns()),
            new("peak", (x * x).MaxColumns() + x.SumColumns()),
            new("softmax", wide.Softmax(IndexMap.EdgeTargetGroup)),
            new("heads", (x * 2f).SumHeads()),
            new("types", wide.Sum(IndexMap.EdgeType)),
            new("total", x.Sum(IndexMap.ToOne(Space.Nodes))),
        ];
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Columns_are_picked_cut_and_joined(string device, int heads, int width)
    {
        ProgramBuilder b = new();
        RowShape row = new(heads, 1, width);
        Node x = b.Input("x", Space.Nodes, row), y = b.Input("y", Space.Nodes, new RowShape(heads, 1, 4)), s = b.Input("s", Space.Nodes, RowShape.Scalar);
        Node logits = b.Input("logits", Space.Nodes, RowShape.Vector(UglyGraphs.NodeTypes));
        int start = width / 4, count = Math.Max(1, width / 2);
        List<Output> outputs =
        [
            new("slice", (x * 2f).Slice(start, count)),
            new("joined", x.Concat(y) * 3f),
            new("turned", y.Concat(x + 1f)),
            new("rejoined", x.Concat(y).Slice(start, count) + x.Slice(start, count)),
            new("dot", x.Concat(y).Dot(x.Concat(y))),
            new("picked", (logits * s).Pick(IndexMap.NodeType)),
            new("hot", b.OneHot(IndexMap.NodeType, 8) + s),
            new("cold", b.OneHot(IndexMap.NodeType, UglyGraphs.NodeTypes) - logits),
            new("expanded", s.Expand(row) * x),
            new("reshaped", x.Reshape(RowShape.Vector(heads * width)) * s),
        ];
        Check(device, outputs);
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Long_chains_of_values_that_are_read_twice(string device)
    {
        foreach (int width in (int[])[1, 16])
        {
            ProgramBuilder b = new();
            Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(width)), value = x;
            for (int i = 0; i < 40; i++)
                value = (value.Tanh() * 0.5f) + value;
            Node loss = value.SumColumns().Sum(IndexMap.ToOne(Space.Nodes)) * 0.01;
            DifferentialRun.Check(new GraphProgram([new Output("y", value), new Output("dx", loss.Gradients([x])[x])]), [UglyGraphs.Some(3).Topology], TestDevices.Get(device));
        }
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Matrices_broadcast_along_rows_and_columns(string device)
    {
        ProgramBuilder b = new();
        Node m = b.Input("m", Space.EdgeTypes, RowShape.Matrix(3, 8)), line = b.Input("line", Space.EdgeTypes, RowShape.Vector(8));
        Node column = b.Input("column", Space.EdgeTypes, RowShape.Matrix(3, 1)), s = b.Input("s", Space.EdgeTypes, RowShape.Scalar);
        Check(device, [new("line", m * line), new("column", (m + column) * s), new("both", line.Expand(RowShape.Matrix(3, 8)) * column)]);
    }

    private static TheoryData<string, int, int> Shapes(TheoryData<string> devices)
    {
        TheoryData<string, int, int> data = [];
        foreach (string device in devices.Select(n => n.Data))
        {
            foreach (int width in Widths)
                data.Add(device, 1, width);
            foreach (int heads in (int[])[2, 3])
                data.Add(device, heads, heads == 2 ? 16 : 7);
        }
        return data;
    }

    private static void Check(string device, IReadOnlyList<Output> outputs, params string[] disabled) => DifferentialRun.Check(
        new GraphProgram(outputs), [UglyGraphs.Some(1).Topology, UglyGraphs.WithoutEdges().Topology], TestDevices.Get(device), disabled);
}
