using GraphEngine.Codegen;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>Attention and its gradients with maxima and sums in one loop, against the interpreter.</summary>
public sealed class OnlineSoftmaxTests
{
    private static readonly IndexMap Target = IndexMap.EdgeTarget;

    public static TheoryData<string, int, int, bool> Shapes()
    {
        TheoryData<string, int, int, bool> data = [];
        foreach (string device in TestDevices.Names.Select(n => n.Data))
        {
            // PoCL takes seconds to compile a program.
            (int, int, bool)[] shapes = device == TestDevices.CpuName
                ? [.. new[] { (1, 1), (1, 7), (3, 5), (4, 16), (8, 8), (1, 64), (1, 200) }.SelectMany(s => ((int, int, bool)[])[(s.Item1, s.Item2, false), (s.Item1, s.Item2, true)])]
                : [(1, 7, false), (3, 5, true), (4, 16, false), (1, 64, true)];
            foreach ((int heads, int width, bool withinRelation) in shapes)
                data.Add(device, heads, width, withinRelation);
        }
        return data;
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Attention_and_its_gradients(string device, int heads, int width, bool withinRelation)
    {
        (Node y, Node[] inputs) = Attention(heads, width, withinRelation, scale: 3);
        // A node with one edge has no gradient at its logits: squares of the inputs are there to be relative to.
        Node loss = inputs.Select(x => (x * x).SumColumns()).Aggregate((y * y).SumColumns() * (0.1f / width), (sum, square) => sum + square).SumHeads().Sum(IndexMap.ToOne(Space.Nodes));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients(inputs);
        Check(device, new GraphProgram([new("y", y), .. inputs.Select((x, i) => new Output($"gradient {i}", gradients[x]))]));
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Logits_of_up_to_200(string device, int heads, int width, bool withinRelation) =>
        Check(device, new GraphProgram([new Output("y", Attention(heads, width, withinRelation, scale: 100).Y)]));

    private static (Node Y, Node[] Inputs) Attention(int heads, int width, bool withinRelation, float scale)
    {
        ProgramBuilder b = new();
        IndexMap along = withinRelation ? IndexMap.EdgeTargetGroup : Target;
        RowShape number = new(heads, 1, 1);
        Node x = b.Input("x", Space.Nodes, new RowShape(heads, 1, width)), s = b.Input("s", Space.Nodes, number), t = b.Input("t", Space.Nodes, number);
        Node logits = (s.Along(IndexMap.EdgeSource) + t.Along(Target)).LeakyRelu(0.2f) * scale;
        return ((b.Dropout(logits.Softmax(along), 0.25f) * x.Along(IndexMap.EdgeSource)).Sum(Target), [x, s, t]);
    }

    private static void Check(string device, GraphProgram program)
    {
        foreach (string[] disabled in (string[][])[["kept-exponentials"], ["kept-exponentials", "late-division", "heavy-rows"]])
            DifferentialRun.Check(program, Topologies(), TestDevices.Get(device), UglyGraphs.OneHub, disabled);
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Logarithms_of_sums_of_exponentials(string device)
    {
        ProgramBuilder b = new();
        Node l = b.Input("l", Space.Edges, new RowShape(4, 1, 1)) * 200f, largest = l.Max(Target), sum = (l - largest.Along(Target)).Exp().Sum(Target);
        DifferentialRun.Check(new GraphProgram([new Output("largest", largest), new Output("logarithm", (sum + 1e-6f).Log() + largest)]), Topologies(), TestDevices.Get(device));
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Rows_with_a_logit_for_each_column(string device, int heads, int width, bool withinRelation)
    {
        ProgramBuilder b = new();
        RowShape row = new(heads, 1, width);
        Node logits = b.Input("x", Space.Nodes, row).Along(IndexMap.EdgeSource) * 20f, values = b.Input("v", Space.Nodes, row).Along(IndexMap.EdgeSource);
        GraphProgram program = new([new Output("y", (logits.Softmax(withinRelation ? IndexMap.EdgeTargetGroup : Target) * values).Sum(Target))]);
        DifferentialRun.Check(program, Topologies(), TestDevices.Get(device));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Equal_logits_and_sums_that_other_rows_read(string device)
    {
        ProgramBuilder b = new();
        Node equal = b.Input("a", Space.Nodes, RowShape.Scalar).Along(Target), l = b.Input("l", Space.Edges, RowShape.Scalar), weights = (l - l.Max(Target).Along(Target)).Exp(), sum = weights.Sum(Target);
        GraphProgram program = new(
        [
            new("equal", (equal - equal.Max(Target).Along(Target)).Exp().Sum(Target)), new("softmax", equal.Softmax(Target)), new("sources", weights.Sum(IndexMap.EdgeSource)),
            new("both ends", ((sum * 2f).Along(IndexMap.EdgeSource) * (sum + 1f).Along(Target)).Sum(Target)),
        ]);
        DifferentialRun.Check(program, Topologies(), TestDevices.Get(device), UglyGraphs.OneHub, "kept-exponentials");
    }

    /// <summary>The logarithm of nothing, such as that of a masked edge: it counts nothing wherever it stands among the others.</summary>
    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Logits_of_minus_infinity_count_nothing(string device)
    {
        ProgramBuilder b = new();
        Node l = b.Input("l", Space.Edges, RowShape.Scalar), x = b.Input("x", Space.Edges, RowShape.Vector(8));
        GraphProgram program = new([new Output("y", (l.Softmax(Target) * x).Sum(Target))]);
        HeteroGraph graph = new(new GraphSchema([new NodeType("a")], [new EdgeType("r", "a", "a")]), [3], [new EdgeList([0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1])]);
        CompiledProgram compiled = CompiledProgram.Compile(program, TestDevices.Get(device), disabled: new HashSet<string> { "kept-exponentials" }, cache: new KernelCache(folder: null));
        using TensorStore store = new(graph.Topology, compiled.Device);
        using DeviceTopology tables = new(graph.Topology, compiled.Device);
        foreach (Op.Leaf leaf in program.Leaves)
            store.Add(leaf);
        store.Write("l", [float.NegativeInfinity, 1, 1, 2, float.NegativeInfinity, float.NegativeInfinity]);
        store.Write("x", [.. Enumerable.Range(0, 48).Select(i => (float)(i / 8))]);
        using Executor executor = new(compiled, tables, store);
        executor.Run();
        Assert.Equal([.. Enumerable.Repeat(1.5f, 8), .. Enumerable.Repeat(3f, 8), .. Enumerable.Repeat(0f, 8)], executor.Read("y"));
    }

    private static IEnumerable<Topology> Topologies() => [UglyGraphs.Some(3).Topology, UglyGraphs.WithoutEdges().Topology, .. UglyGraphs.Extremes().Select(g => g.Graph.Topology)];
}
