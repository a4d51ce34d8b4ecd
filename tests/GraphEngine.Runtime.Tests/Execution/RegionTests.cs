using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>Fixed points, balanced reductions and the best rows, with their gradients, on every device.</summary>
public sealed class RegionTests
{
    // The hub of the graphs has 82 edges.
    private const int Levels = 7;

    public static TheoryData<string, int, int> Shapes()
    {
        TheoryData<string, int, int> data = [];
        foreach (string device in TestDevices.Names.Select(n => n.Data))
        {
            data.Add(device, 1, 1);
            data.Add(device, 1, 7);
            data.Add(device, 1, 32);
            data.Add(device, 3, 8);
        }
        return data;
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Fixed_points(string device, int heads, int width)
    {
        ProgramBuilder b = new();
        RowShape row = new(heads, 1, width);
        Node pull = b.Parameter("pull", Space.Nodes, row), logits = b.Parameter("logits", Space.Edges, row);
        Node weights = logits.Sigmoid() * b.InverseDegree(IndexMap.EdgeTarget).Along(IndexMap.EdgeTarget);
        Node x = b.FixedPoint(pull, v => (((weights * v.Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget) * 0.5) + pull).Tanh(), 0.5);
        Check(device, [UglyGraphs.Some(1).Topology, UglyGraphs.WithoutEdges().Topology], x, pull, logits);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Balanced_reductions(string device, int heads, int width)
    {
        ProgramBuilder b = new();
        RowShape row = new(heads, 1, width);
        Node x = b.Parameter("x", Space.Nodes, row), w = b.Parameter("w", Space.One, new RowShape(heads, width, width)), e = b.Parameter("e", Space.One, row);
        Node Combine(Node u, Node v) => ((u.Linear(w) * 0.3) + (v * 0.5)).Tanh();
        Node byTarget = x.Along(IndexMap.EdgeSource).TreeReduce(IndexMap.EdgeTarget, Levels, (u, v) => Combine(u, v) + Combine(v, u), e);
        Check(device, [UglyGraphs.Some(1).Topology, UglyGraphs.WithoutEdges().Topology], byTarget, x, w, e);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Reductions_of_rows_that_do_not_lie_by_group(string device, int heads, int width)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Edges, new RowShape(heads, 1, width));
        Check(device, [UglyGraphs.Some(2).Topology, UglyGraphs.WithoutEdges().Topology], x.TreeReduce(IndexMap.EdgeSource, Levels, (u, v) => (u * v.Tanh()) + v), x);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void The_best_rows(string device, int heads, int width)
    {
        if (heads > 1)
            width *= heads;
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(width)), scores = b.Input("scores", Space.Nodes, RowShape.Scalar);
        Node weighted = x * scores.Tanh();
        Node perType = weighted.TopRows(scores, 5, IndexMap.NodeType).Sum(IndexMap.ToOne(Space.NodeTypes));
        Node all = weighted.TopRows(scores, 5, IndexMap.ToOne(Space.Nodes));
        Check(device, [UglyGraphs.Some(3).Topology, UglyGraphs.WithoutEdges().Topology], (perType + all).Reshape(RowShape.Vector(5 * width)), x);
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Equal_scores_keep_their_order(string device)
    {
        ProgramBuilder b = new();
        Node tied = b.Input("scores", Space.Nodes, RowShape.Scalar).Relu();
        DifferentialRun.Check(
            new GraphProgram([new("all", tied.Rank(IndexMap.ToOne(Space.Nodes))), new("types", tied.Rank(IndexMap.NodeType)), new("numbers", b.ColumnNumbers(21) * 2f)]),
            [UglyGraphs.Some(1).Topology, UglyGraphs.WithoutEdges().Topology], TestDevices.Get(device));
    }

    private static void Check(string device, IReadOnlyList<Topology> topologies, Node value, params Node[] parameters)
    {
        Node flat = value.Reshape(RowShape.Vector(value.Row.Size)), loss = (flat * flat).SumColumns().Sum(IndexMap.ToOne(value.Space));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients(parameters);
        DifferentialRun.Check(
            new GraphProgram([new("value", value), .. parameters.Select((p, i) => new Output($"gradient {i}", gradients[p]))]), topologies, TestDevices.Get(device));
    }
}
