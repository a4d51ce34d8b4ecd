using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Learning.Models;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>
/// Programs that are legal and that no model here is made of: most were once compiled to something else than they say, or not at all.
/// </summary>
public sealed class UnusualProgramTests
{
    private static readonly IndexMap Target = IndexMap.EdgeTarget;

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Logarithms_of_attention_read_the_sum_of_their_segment(string device)
    {
        ProgramBuilder b = new();
        Node l = b.Input("l", Space.Edges, RowShape.Scalar), m = l.Max(Target), e = (l - m.Along(Target)).Exp(), s = e.Sum(Target);
        Check(device, ("logarithm", l - m.Along(Target) - s.Log().Along(Target)), ("weight", e / s.Along(Target)));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_product_stands_between_numbers_of_a_segment(string device)
    {
        ProgramBuilder b = new();
        Node u = b.Input("u", Space.Edges, RowShape.Scalar), x = b.Input("x", Space.Edges, RowShape.Vector(8)), w = b.Input("w", Space.One, RowShape.Matrix(8, 1));
        Node m = u.Sum(Target), e = (x.Linear(w) + m.Along(Target)).Sigmoid();
        Check(device, ("gate", e), ("gated", e * u), ("sum", m));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_sum_by_type_stands_between_numbers_of_a_segment(string device)
    {
        ProgramBuilder b = new();
        Node l = b.Input("l", Space.Edges, RowShape.Scalar), m = l.Max(Target), e = (l - m.Along(Target)).Exp();
        Node share = e * (e.Sum(IndexMap.EdgeType) + 1f).Log().Along(IndexMap.EdgeType);
        Check(device, ("share", share), ("sum", share.Sum(Target)), ("all", e.Sum(Target)));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Numbers_of_a_segment_wait_for_numbers_of_other_rows(string device)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(8)), w = b.Input("w", Space.Nodes, RowShape.Vector(8)), l = b.Input("l", Space.Edges, RowShape.Scalar);
        Node z2 = x.Dot(w), e = (l - l.Max(Target).Along(Target)).Exp(), z1 = e.Sum(Target) * z2;
        Check(device, ("z1", z1), ("f", e * z2.Along(Target)));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Two_segments_do_not_wait_for_each_other(string device)
    {
        ProgramBuilder b = new();
        Node l = b.Input("l", Space.Edges, RowShape.Scalar), u = b.Input("x", Space.Edges, RowShape.Scalar).Tanh();
        Node e = (l - l.Max(Target).Along(Target)).Exp(), a = e / e.Sum(Target).Along(Target), p = ((a * u) - (a * u).Max(Target).Along(Target)).Exp();
        Check(device, ("a", a), ("u", u), ("f", e * u), ("p", p));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Gradients_add_up_over_the_rows_of_matrices(string device)
    {
        ProgramBuilder b = new();
        Node m = b.Parameter("m", Space.EdgeTypes, new RowShape(2, 4, 3)), lines = b.Parameter("lines", Space.EdgeTypes, new RowShape(2, 1, 3)), line = b.Parameter("line", Space.One, RowShape.Vector(3));
        Node loss = ((m * lines) + line).Tanh().Reshape(RowShape.Vector(24)).SumColumns().Sum(IndexMap.ToOne(Space.EdgeTypes));
        Check(device, [.. loss.Gradients([m, lines, line]).Select((g, i) => ($"g{i}", g.Value))]);
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void An_output_is_the_old_value_of_what_is_updated(string device)
    {
        ProgramBuilder b = new();
        Node w = b.State("w", Space.Nodes, RowShape.Vector(8), Initializer.Zero), g = b.Input("g", Space.Nodes, RowShape.Vector(8));
        GraphProgram program = new(
            [new Output("before", w), new Output("reshaped", w.Reshape(new RowShape(2, 1, 4))), new Output("detached", w.Detach())], [new Update(w, w - (g * 0.1f))]);
        DifferentialRun.Check(program, [UglyGraphs.Some(3).Topology], TestDevices.Get(device));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void States_exchange_their_values(string device)
    {
        ProgramBuilder b = new();
        Node[] s = [.. Enumerable.Range(0, 3).Select(i => b.State($"s{i}", Space.Nodes, RowShape.Vector(8), Initializer.Zero))];
        GraphProgram program = new([], [new Update(s[0], s[1]), new Update(s[1], s[2].Reshape(new RowShape(2, 1, 4)).Reshape(RowShape.Vector(8))), new Update(s[2], s[0])]);
        DifferentialRun.Check(program, [UglyGraphs.Some(3).Topology], TestDevices.Get(device));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Shared_weights_stand_beside_weights_of_relations_on_both_sides(string device)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(16)), y = b.Input("y", Space.Nodes, RowShape.Vector(16));
        Node relation = b.Input("relation", Space.EdgeTypes, RowShape.Matrix(16, 16)), shared = b.Input("shared", Space.One, RowShape.Matrix(16, 16));
        Node source = x.Along(IndexMap.EdgeSource);
        GraphProgram program = new(
        [
            new Output("by relation", source.Linear(relation, IndexMap.EdgeType).Sum(Target)), new Output("shared", source.Linear(shared).Sum(Target)),
            new Output("dots", source.Linear(shared).Dot(y.Along(Target))),
        ]);
        DifferentialRun.Check(program, [UglyGraphs.Some(3).Topology], TestDevices.Get(device), UglyGraphs.AlternatingStatistics);
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Products_of_nodes_and_edges_have_different_heads(string device)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(8));
        Node one = b.Input("one", Space.NodeTypes, RowShape.Matrix(8, 8)), four = b.Input("four", Space.EdgeTypes, new RowShape(4, 8, 8)), bias = b.Input("bias", Space.NodeTypes, RowShape.Scalar);
        Node projected = x.Linear(one, IndexMap.NodeType) + bias.Along(IndexMap.NodeType);
        GraphProgram program = new([new Output("y", projected.Along(IndexMap.EdgeSource).Linear(four, IndexMap.EdgeType).Sum(Target))]);
        DifferentialRun.Check(program, [UglyGraphs.Some(3).Topology], TestDevices.Get(device), UglyGraphs.ManyNodes);
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_softmax_goes_over_all_edges(string device)
    {
        ProgramBuilder b = new();
        Node share = (b.Input("x", Space.Nodes, RowShape.Scalar).Along(IndexMap.EdgeSource) * 3f).Softmax(IndexMap.ToOne(Space.Edges));
        Check(device, ("share", share), ("sum", share.Sum(IndexMap.ToOne(Space.Edges))));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_maximum_is_equal_to_the_value_that_it_is(string device)
    {
        ProgramBuilder b = new();
        List<(string, Node)> outputs = [];
        // Widths whose last columns do not fill a register, and functions that are rounded.
        foreach ((int heads, int width) in ((int, int)[])[(1, 6), (3, 6), (1, 17), (2, 7)])
        {
            Node x = b.Parameter($"x{heads}_{width}", Space.Nodes, new RowShape(heads, 1, width)), y = x / (x.Softplus() + 0.5f);
            Node columns = y.MaxColumns(), neighbours = (y.Tanh().Along(IndexMap.EdgeSource) * 2f).Max(Target);
            Node loss = (columns * 3f).Reshape(RowShape.Vector(heads)).SumColumns().Sum(IndexMap.ToOne(Space.Nodes)) + neighbours.Reshape(RowShape.Vector(heads * width)).SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
            outputs.Add(($"g{heads}_{width}", loss.Gradients([x])[x]));
        }
        Check(device, [.. outputs]);
    }

    // Isolated nodes have an infinite factor, and a relation without edges an infinite number: sums of nothing are zero all the same.
    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Sums_of_nothing_stay_zero_beside_infinite_factors(string device)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(8)), w = b.Parameter("w", Space.EdgeTypes, RowShape.Matrix(8, 8));
        Node root = b.Unary(UnaryKind.Reciprocal, b.Constant(1).Along(IndexMap.ToOne(Space.Edges)).Sum(Target).Sqrt());
        Node share = b.Unary(UnaryKind.Reciprocal, b.Constant(1).Along(IndexMap.ToOne(Space.Edges)).Sum(IndexMap.EdgeType));
        Node normalized = (x.Along(IndexMap.EdgeSource) * root.Along(Target)).Sum(Target);
        Node scaled = (x.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType) * share.Along(IndexMap.EdgeType)).Sum(Target);
        Node loss = scaled.Tanh().SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
        GraphProgram program = new([new Output("normalized", normalized), new Output("scaled", scaled), .. loss.Gradients([x, w]).Select((g, i) => new Output($"g{i}", g.Value))]);
        HeteroGraph graph = UglyGraphs.Some(3);
        Assert.Contains(0, Enumerable.Range(0, graph.Schema.EdgeTypes.Count).Select(r => graph.EdgesOf(r).Count));
        // Statistics of many edges, for which weights are scaled; and none.
        DifferentialRun.Check(program, [graph.Topology], TestDevices.Get(device), UglyGraphs.OneHub);
        DifferentialRun.Check(program, [graph.Topology], TestDevices.Get(device));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_column_is_picked_from_rows_side_by_side(string device)
    {
        ProgramBuilder b = new();
        List<(string, Node)> outputs = [];
        foreach ((int first, int second) in ((int, int)[])[(3, 4), (1, 1), (16, 5), (8, 16)])
        {
            Node a = b.Parameter($"a{first}_{second}", Space.Nodes, RowShape.Vector(first)), c = b.Parameter($"c{first}_{second}", Space.Nodes, RowShape.Vector(second));
            IndexMap label = LayerBenchmark.Labels(first + second);
            Node picked = (a.Concat(c) * 2f).Pick(label);
            outputs.AddRange(
                [($"picked{first}_{second}", picked), .. picked.Tanh().Sum(IndexMap.ToOne(Space.Nodes)).Gradients([a, c]).Select((g, i) => ($"g{first}_{second}_{i}", g.Value))]);
        }
        HeteroGraph graph = UglyGraphs.Some(3);
        Topology topology = ((int[])[7, 2, 21, 24]).Aggregate(graph.Topology, (t, classes) =>
            t.With(new Dictionary<Space, int>(), new Dictionary<IndexMap, int[]> { [LayerBenchmark.Labels(classes)] = [.. Enumerable.Range(0, graph.NodeCount).Select(v => v % classes)] }));
        DifferentialRun.Check(new GraphProgram([.. outputs.Select(o => new Output(o.Item1, o.Item2))]), [topology], TestDevices.Get(device));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_product_is_repeated_by_a_bias_of_another_shape(string device)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(8)), tall = b.Input("tall", Space.One, new RowShape(4, 8, 1)), wide = b.Input("wide", Space.One, RowShape.Matrix(8, 4));
        Check(device, ("tall", x.Linear(tall) + b.Input("row", Space.One, RowShape.Vector(4))), ("wide", x.Linear(wide) + b.Input("heads", Space.One, new RowShape(4, 1, 1))));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_softplus_keeps_its_digits_where_it_is_small(string device)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(8));
        Check(device, ("logarithm", ((x * 5f) + -20f).Softplus().Log()));
    }

    [Fact]
    public void Long_chains_of_values_that_are_read_twice_are_compiled_in_time()
    {
        ProgramBuilder b = new();
        Node node = b.Input("node", Space.Nodes, RowShape.Vector(8)), edge = b.Input("edge", Space.Edges, RowShape.Vector(8)), folded = b.Input("x", Space.Nodes, RowShape.Vector(8)).Along(IndexMap.EdgeSource);
        for (int i = 0; i < 40; i++)
        {
            node = node * node * 0.5f;
            edge = edge.Tanh() * edge;
            folded = folded * folded * 0.5f;
        }
        Check("cpu", ("node", node), ("edge", edge.Sum(Target)), ("folded", folded.SumColumns()), ("beside", node.Concat(folded.Sum(Target))));
    }

    [Fact]
    public void A_fixed_point_may_square_its_value()
    {
        ProgramBuilder b = new();
        Node c = b.Input("c", Space.Nodes, RowShape.Vector(4));
        Check("cpu", ("x", b.FixedPoint(c * 0f, x => (x * x * 0.25f) + (c.Tanh() * 0.2f), contraction: 0.5, tolerance: 1e-9)));
    }

    [Fact]
    public void One_worker_is_enough()
    {
        ProgramBuilder b = new();
        Node e = b.Input("e", Space.Edges, RowShape.Vector(4));
        KernelProgram kernels = Pipeline.Run(new GraphProgram([new Output("sum", e.Sum(IndexMap.EdgeType))]), new PipelineOptions(Workers: 1));
        Assert.Equal(1, Assert.Single(kernels.Kernels.OfType<Kernel.Outer>()).Shares.Workers);
    }

    private static void Check(string device, params (string Name, Node Value)[] outputs) =>
        DifferentialRun.Check(new GraphProgram([.. outputs.Select(o => new Output(o.Name, o.Value))]), [UglyGraphs.Some(3).Topology, UglyGraphs.WithoutEdges().Topology], TestDevices.Get(device));
}
