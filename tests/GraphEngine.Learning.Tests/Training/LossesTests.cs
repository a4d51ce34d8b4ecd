using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Learning.Training;
using GraphEngine.Runtime;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Learning.Tests.Training;

/// <summary>The binary cross-entropy of several labels, against its definition.</summary>
public sealed class LossesTests
{
    private const int Classes = 3;

    // The sum of w (-t ln p - (1 - t) ln(1 - p)) / 3 with p = 1 / (1 + e^-s), computed with 80 digits.
    private const double ExpectedLoss = 41.02757395686480577;

    private static readonly float[] Scores = [0, 0.5f, -0.25f, 2, -3, 1.5f, 100, -100, 100, -100, 30, -30, -1, 1, 0, -100, 100, -100, 0.125f, 0.25f, -2];
    private static readonly float[] Targets = [0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1];

    // A row of weight 0 does not count, like a node outside the training part.
    private static readonly float[] Weights = [0.25f, 0.5f, 1, 0.125f, 0, 2, 0.0625f];

    [Fact]
    public void The_interpreter_has_the_values_of_the_definition()
    {
        Dictionary<string, double[]> leaves = Leaves().ToDictionary(l => l.Key, l => Array.ConvertAll(l.Value, v => (double)v));
        IReadOnlyDictionary<string, double[]> actual = ReferenceInterpreter.Run(Loss(), UglyGraphs.WithoutEdges().Topology, leaves);
        // The third is a constant of the program, and constants are 32-bit floats.
        Assert.Equal(ExpectedLoss, actual["loss"][0], 1e-7 * ExpectedLoss);
        Assert.All(ExpectedGradient().Zip(actual["gradient"]), p => Assert.Equal(p.First, p.Second, 1e-7));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Devices_have_the_values_of_the_definition(string device)
    {
        GraphProgram loss = Loss();
        IReadOnlyDictionary<string, float[]> actual = DeviceRun.Once(loss, CompiledProgram.Compile(loss, TestDevices.Get(device)), UglyGraphs.WithoutEdges().Topology, Leaves());
        Assert.Equal(ExpectedLoss, actual["loss"][0], 1e-6 * ExpectedLoss);
        Assert.All(ExpectedGradient().Zip(actual["gradient"]), p => Assert.Equal(p.First, p.Second, 1e-7));
    }

    /// <summary>w (p - t) / 3</summary>
    private static double[] ExpectedGradient() =>
        [.. Enumerable.Range(0, Scores.Length).Select(i => Weights[i / Classes] * ((1 / (1 + Math.Exp(-Scores[i]))) - Targets[i]) / Classes)];

    private static Dictionary<string, float[]> Leaves() => new() { ["s"] = Scores, ["t"] = Targets, ["w"] = Weights };

    private static GraphProgram Loss()
    {
        ProgramBuilder b = new();
        Node scores = b.Parameter("s", Space.Nodes, RowShape.Vector(Classes));
        Node loss = Losses.BinaryCrossEntropy(scores, b.Input("t", Space.Nodes, RowShape.Vector(Classes)), b.Input("w", Space.Nodes, RowShape.Scalar));
        return new GraphProgram([new Output("loss", loss), new Output("gradient", loss.Gradients([scores])[scores])]);
    }
}
