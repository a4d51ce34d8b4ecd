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

public sealed class RgcnLayerTests
{
    public static TheoryData<string> Forms() => ["mean", "sum", "bases", "featureless", "featureless-bases"];

    [Theory, MemberData(nameof(Forms))]
    public void Passes_and_kernels(string form)
    {
        GraphProgram program = Layer(form, out _);
        PassTexts passes = new();
        KernelProgram kernels = Pipeline.Run(program, new PipelineOptions(Workers: 2, Dump: passes.Add));
        Golden.Matches(form, $"{passes}--- kernels\n{KernelPrinter.Print(kernels)}");
    }

    [Theory, MemberData(nameof(Forms))]
    public void Gradients_are_those_of_differences(string form)
    {
        Layer(form, out Node loss);
        Node[] parameters = [.. ProgramGraph.Reachable([loss]).Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];
        GradientCheck.Check(loss, parameters, UglyGraphs.Some(2).Topology, seed: 1);
    }

    [Fact]
    public void Equals_the_formula_written_as_loops()
    {
        // h'_v = sum_r mean_{(u,r,v)} h_u W_r + h_v W_0 + b, edge by edge from the coordinate lists.
        HeteroGraph graph = UglyGraphs.Some(5);
        const int width = 3, outWidth = 4;
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(width));
        GraphProgram program = new([new Output("y", new RgcnLayer("l", graph.Schema.EdgeTypes.Count, outWidth).Apply(x))]);
        Random random = new(4);
        Dictionary<string, double[]> leaves = program.Leaves.ToDictionary(
            l => l.Name, l => Enumerable.Range(0, graph.Topology.Count(l.Type.Space) * l.Type.Row.Size).Select(_ => random.NextDouble() - 0.5).ToArray());
        double[] expected = new double[graph.NodeCount * outWidth];
        double[] h = leaves["x"], w = leaves["l.weight"], root = leaves["l.root"];
        for (int v = 0; v < graph.NodeCount; v++)
        {
            for (int j = 0; j < outWidth; j++)
                expected[(v * outWidth) + j] = leaves["l.bias"][j] + Enumerable.Range(0, width).Sum(i => h[(v * width) + i] * root[(i * outWidth) + j]);
        }
        for (int r = 0; r < graph.Schema.EdgeTypes.Count; r++)
        {
            EdgeType type = graph.Schema.EdgeTypes[r];
            int firstSource = graph.NodeOffsets[graph.Schema.NodeTypeIndex(type.Source)], firstTarget = graph.NodeOffsets[graph.Schema.NodeTypeIndex(type.Target)];
            EdgeList edges = graph.EdgesOf(r);
            for (int e = 0; e < edges.Count; e++)
            {
                int u = firstSource + edges.Sources[e], v = firstTarget + edges.Targets[e], degree = edges.Targets.Count(t => t == edges.Targets[e]);
                for (int j = 0; j < outWidth; j++)
                    expected[(v * outWidth) + j] += Enumerable.Range(0, width).Sum(i => h[(u * width) + i] * w[(((r * width) + i) * outWidth) + j]) / degree;
            }
        }
        double[] actual = ReferenceInterpreter.Run(program, graph.Topology, leaves)["y"];
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-12));
    }

    private static GraphProgram Layer(string form, out Node loss)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(3));
        RgcnLayer layer = new("l", UglyGraphs.EdgeTypes, 4, form == "sum" ? Aggregation.Sum : Aggregation.Mean, form.EndsWith("bases", StringComparison.Ordinal) ? 2 : 0);
        Node y = form.StartsWith("featureless", StringComparison.Ordinal) ? layer.ApplyFeatureless(b, 130) : layer.Apply(x);
        loss = y.Tanh().SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
        Node[] parameters = [.. ProgramGraph.Reachable([loss]).Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients(parameters);
        return new GraphProgram([new Output("y", y), .. parameters.Select(p => new Output($"grad.{((Op.Leaf)p.Op).Name}", gradients[p]))]);
    }
}
