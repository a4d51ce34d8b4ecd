using GraphEngine.Graphs;
using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Runtime;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Learning.Tests.Models;

/// <summary>Whole layers with attention weights so large that exponentials of logits are infinite, or nothing, in 32-bit floats.</summary>
public sealed class ExtremeLogitsTests
{
    private const double Largest = 200;

    // A logit of 200 is rounded by about 1e-5, and an exponential's relative error is the absolute one of its logit.
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("cpu", "rgat")]
    [InlineData("cpu", "hgt")]
    [InlineData("pocl", "rgat")]
    [InlineData("pocl", "hgt")]
    [InlineData("cuda", "rgat")]
    [InlineData("cuda", "hgt")]
    public void Outputs_and_gradients_are_finite_and_those_of_the_interpreter(string device, string model)
    {
        HeteroGraph graph = UglyGraphs.Some(3);
        (GraphProgram layer, GraphProgram logits) = Layer(model);
        CompiledProgram compiled = CompiledProgram.Compile(layer, TestDevices.Get(device), RelationStatistics.Of(graph));
        double smallest = 0;
        foreach (float sign in (float[])[1, -1])
        {
            Dictionary<string, float[]> leaves = Values(layer, logits, graph.Topology, sign);
            double[] reached = Logits(logits, graph.Topology, leaves);
            Assert.InRange(reached.Max(Math.Abs), 0.99 * Largest, 1.01 * Largest);
            smallest = Math.Min(smallest, reached.Min());
            IReadOnlyDictionary<string, double[]> expected = Interpret(layer, graph.Topology, leaves);
            foreach ((string name, float[] actual) in DeviceRun.Once(layer, compiled, graph.Topology, leaves))
            {
                Assert.All(actual, v => Assert.True(float.IsFinite(v), $"'{name}' holds {v}."));
                double norm = Math.Sqrt(expected[name].Sum(v => v * v)), difference = Math.Sqrt(expected[name].Zip(actual).Sum(p => (p.First - p.Second) * (p.First - p.Second)));
                TestContext.Current.TestOutputHelper?.WriteLine($"{name}: norm {norm:g4}, relative error {difference / norm:e1}");
                Assert.True(difference <= Tolerance * norm, $"'{name}' differs by {difference:g3} at a norm of {norm:g3}.");
            }
        }
        // A 32-bit exponential is 0 below -104; rgat makes negative logits five times smaller.
        Assert.True(smallest < (model == "rgat" ? -0.2 : -0.99) * 0.99 * Largest, $"The smallest logit is {smallest:F0}.");
    }

    private static (GraphProgram Layer, GraphProgram Logits) Layer(string model)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(3));
        Node y = model == "rgat" ? new RgatLayer("l", 4, Heads: 2).Apply(x) : new HgtLayer("l", 4, 4, Heads: 2).Apply(x);
        Node loss = y.Tanh().SumColumns().Sum(IndexMap.ToOne(Space.Nodes)), logits = ProgramGraph.Reachable([loss]).Single(n => n.Op is Op.Softmax).Operands[0];
        Node[] parameters = [.. ProgramGraph.Reachable([loss]).Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];
        return (
            new GraphProgram([new Output("y", y), .. loss.Gradients(parameters).Select(g => new Output($"gradient of {((Op.Leaf)g.Key.Op).Name}", g.Value))]),
            new GraphProgram([new Output("logits", logits)]));
    }

    /// <summary>Random values; those of attention, in which logits are linear, are scaled until the largest logit is what it shall be.</summary>
    private static Dictionary<string, float[]> Values(GraphProgram layer, GraphProgram logits, Topology topology, float sign)
    {
        Random random = new(7);
        Dictionary<string, float[]> values = layer.Leaves.ToDictionary(
            l => l.Name, l => Enumerable.Range(0, topology.Count(l.Type.Space) * l.Type.Row.Size).Select(_ => (random.NextSingle() * 2) - 1).ToArray());
        void Scale(float factor)
        {
            foreach (string name in values.Keys.Where(name => name.StartsWith("l.attention", StringComparison.Ordinal)).ToArray())
                values[name] = Array.ConvertAll(values[name], v => v * factor);
        }

        Scale(sign);
        Scale((float)(Largest / Logits(logits, topology, values).Max(Math.Abs)));
        return values;
    }

    private static double[] Logits(GraphProgram logits, Topology topology, Dictionary<string, float[]> leaves) => Interpret(logits, topology, leaves)["logits"];

    private static IReadOnlyDictionary<string, double[]> Interpret(GraphProgram program, Topology topology, Dictionary<string, float[]> leaves) =>
        ReferenceInterpreter.Run(program, topology, program.Leaves.ToDictionary(l => l.Name, l => Array.ConvertAll(leaves[l.Name], v => (double)v)));
}
