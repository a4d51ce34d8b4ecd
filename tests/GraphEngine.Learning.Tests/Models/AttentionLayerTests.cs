using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Learning.Models;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Learning.Tests.Models;

/// <summary>RGAT and HGT layers in all their forms: texts, gradients, memory, launches, and graphs that break kernels.</summary>
public sealed class AttentionLayerTests
{
    private static readonly Dictionary<string, Func<Node, Node>> Forms = new()
    {
        ["rgat"] = x => new RgatLayer("l", 4).Apply(x),
        ["rgat-heads"] = x => new RgatLayer("l", 4, Heads: 2, WithinRelation: true).Apply(x),
        ["rgat-average"] = x => new RgatLayer("l", 3, Heads: 2, Average: true, SharedAttention: true, SelfLoop: false).Apply(x),
        ["rgat-featureless"] = x => new RgatLayer("l", 4, Heads: 2).ApplyFeatureless(x.Builder, 130),
        ["hgt"] = x => new HgtLayer("l", 4, 4).Apply(x),
        ["hgt-merged"] = x => new HgtLayer("l", 4, 4).Apply(x),
        ["hgt-heads"] = x => new HgtLayer("l", 3, 4, Heads: 2, Normalize: true).Apply(x),
    };

    public static TheoryData<string> Names() => [.. Forms.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Passes_and_kernels(string form)
    {
        PassTexts passes = new();
        List<string> remarks = [];
        PipelineOptions options = new(Workers: 2, form == "hgt-merged" ? UglyGraphs.ManyNodes : UglyGraphs.AlternatingStatistics, Dump: passes.Add) { Remark = r => remarks.Add($"{r.Pass}: {r.Text}\n") };
        KernelProgram kernels = Pipeline.Run(Layer(form, out _), options);
        Golden.Matches(form, $"{passes}--- remarks\n{string.Concat(remarks)}--- kernels\n{KernelPrinter.Print(kernels)}");
    }

    [Theory, MemberData(nameof(Names))]
    public void Gradients_are_those_of_differences(string form)
    {
        Layer(form, out Node loss);
        GradientCheck.Check(loss, Parameters(loss), UglyGraphs.Some(2).Topology, seed: 1);
    }

    [Theory]
    [InlineData("rgat", 2)]
    [InlineData("rgat", 4)]
    [InlineData("rgat", 8)]
    [InlineData("rgat-featureless", 2)]
    [InlineData("hgt", 3)]
    [InlineData("hgt", 4)]
    [InlineData("hgt", 16)]
    [InlineData("rgcn", 1)]
    public void Kernels_agree_with_the_interpreter_on_graphs_that_break_them(string model, int heads)
    {
        foreach ((string name, HeteroGraph graph) in UglyGraphs.Extremes())
        {
            ProgramBuilder b = new();
            Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(7));
            Node y = model switch
            {
                "rgat" => new RgatLayer("l", 3 * heads, heads).Apply(x),
                "rgat-featureless" => new RgatLayer("l", 3 * heads, heads).ApplyFeatureless(b, Math.Max(1, graph.NodeCount)),
                "hgt" => new HgtLayer("l", 1, 2 * heads, heads).Apply(x),
                _ => new RgcnLayer("l", graph.Schema.EdgeTypes.Count, 1).Apply(x),
            };
            Node loss = y.Tanh().SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
            TestContext.Current.TestOutputHelper?.WriteLine(name);
            DifferentialRun.Check(WithGradients(y, loss), [graph.Topology], TestDevices.Cpu, RelationStatistics.Of(graph));
            if (model == "hgt")
                DifferentialRun.Check(WithGradients(y, loss), [graph.Topology], TestDevices.Cpu, RelationStatistics.Of(graph) with { Nodes = 1 << 28 });
        }
    }

    [Theory]
    [InlineData("cpu", 200f)]
    [InlineData("cpu", -200f)]
    [InlineData("pocl", 200f)]
    [InlineData("pocl", -200f)]
    public void Logits_beyond_the_range_of_exponentials_give_finite_weights_and_gradients(string device, float scale)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Scalar), z = b.Parameter("z", Space.Nodes, RowShape.Vector(5));
        Node alpha = (x.Along(IndexMap.EdgeSource) * scale).Softmax(IndexMap.EdgeTarget);
        Node y = (alpha * z.Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget);
        IReadOnlyDictionary<Node, Node> gradients = (y * y).SumColumns().Sum(IndexMap.ToOne(Space.Nodes)).Gradients([x, z]);
        DifferentialRun.Check(
            new GraphProgram([new Output("alpha", alpha), new Output("y", y), new Output("gradient of x", gradients[x]), new Output("gradient of z", gradients[z])]),
            [UglyGraphs.Some(3).Topology], TestDevices.Get(device));
    }

    [Theory]
    [InlineData("rgcn", "aifb", 1, 3)]
    [InlineData("rgat", "aifb", 1, 9)]
    [InlineData("rgat", "mutag", 4, 9)]
    [InlineData("rgat", "mutag", 8, 9)]
    [InlineData("hgt", "aifb", 1, 14)]
    [InlineData("hgt", "mutag", 1, 14)]
    [InlineData("hgt", "mutag", 8, 14)]
    public void Nothing_of_the_size_of_edges_times_features_is_stored(string model, string shape, int heads, int mostLaunches)
    {
        const int d = 64;
        HeteroGraph graph = ShapeGenerator.Generate(shape, cancellation: TestContext.Current.CancellationToken).Graph;
        foreach (bool training in (bool[])[false, true])
        {
            KernelProgram kernels = Pipeline.Run(LayerBenchmark.Build(model, graph, d, d, heads, training), new PipelineOptions(Workers: 2, RelationStatistics.Of(graph)));
            Assert.All(kernels.Temporaries.Where(t => Materialize.IsEdges(t.Type.Space)), t => Assert.Equal(heads, t.Type.Row.Size));
        }
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(d));
        Node y = model == "rgcn" ? new RgcnLayer("l", graph.Schema.EdgeTypes.Count, d).Apply(x) : model == "rgat" ? new RgatLayer("l", d, heads).Apply(x) : new HgtLayer("l", d, d, heads).Apply(x);
        Node loss = (y * b.Input("probe", Space.Nodes, y.Row)).SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
        GraphProgram layer = new([new Output("y", y), .. loss.Gradients([x, .. Parameters(loss)]).Select(g => new Output($"gradient of {((Op.Leaf)g.Key.Op).Name}", g.Value))]);
        // The probe takes a row per node that a training step does not need, and for which products would be made again.
        int launches = Pipeline.Run(layer, new PipelineOptions(Workers: 2, RelationStatistics.Of(graph), new HashSet<string> { "recomputation" })).LaunchCount;
        Assert.True(launches <= mostLaunches, $"{model} has {launches} launches forward and backward.");
    }

    private static Node[] Parameters(Node loss) => [.. ProgramGraph.Reachable([loss]).Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];

    private static GraphProgram Layer(string form, out Node loss)
    {
        ProgramBuilder b = new();
        Node y = Forms[form](b.Parameter("x", Space.Nodes, RowShape.Vector(3)));
        loss = y.Tanh().SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
        return WithGradients(y, loss);
    }

    private static GraphProgram WithGradients(Node y, Node loss)
    {
        Node[] parameters = Parameters(loss);
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients(parameters);
        return new GraphProgram([new Output("y", y), .. parameters.Select(p => new Output($"grad.{((Op.Leaf)p.Op).Name}", gradients[p]))]);
    }
}
