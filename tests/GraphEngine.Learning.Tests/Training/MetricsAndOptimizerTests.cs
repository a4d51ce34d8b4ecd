using GraphEngine.Graphs;
using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Learning.Training;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Learning.Tests.Training;

public sealed class MetricsAndOptimizerTests
{
    [Fact]
    public void Metrics_of_one_label_each()
    {
        NodeTask task = new("t", "n", ["a", "b", "c"], false, [[0], [1], [2], [0], []], [Split.Test, Split.Test, Split.Test, Split.Test, Split.None]);
        // Predicted a, b, b, a: three of four right; F1 is 1 for a, 2/3 for b, 0 for c.
        float[] scores = [2, 1, 0, 0, 3, 1, 0, 2, 1, 5, 1, 1, 0, 0, 9];
        ClassificationMetrics m = ClassificationMetrics.Of(task, scores, Split.Test)!;
        Assert.Equal((0.75, 0.75, (1 + (2.0 / 3) + 0) / 3), (m.Accuracy, m.MicroF1, m.MacroF1));
    }

    [Theory]
    [InlineData(false, 1.0)]
    [InlineData(true, 0.5)]
    public void A_class_without_nodes_and_predictions_counts_only_among_several_labels(bool multiLabel, double macro)
    {
        NodeTask task = new("t", "n", ["a", "b"], multiLabel, [[0], [0]], [Split.Test, Split.Test]);
        Assert.Equal(macro, ClassificationMetrics.Of(task, [1, -1, 1, -1], Split.Test)!.MacroF1);
    }

    [Fact]
    public void A_part_without_nodes_has_no_metrics()
    {
        NodeTask task = new("t", "n", ["a", "b"], false, [[0], [1]], [Split.Train, Split.Train]);
        Assert.Null(ClassificationMetrics.Of(task, [1, 0, 0, 1], Split.Test));
        Assert.Null(MajorityBaseline.Accuracy(task, Split.Test));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Scores_of_other_nodes_have_no_metrics(int scores)
    {
        NodeTask task = new("t", "n", ["a", "b"], false, [[0], [1]], [Split.Test, Split.Test]);
        Assert.Contains($"There are {scores} scores, but the task 't' has 2 nodes and 2 classes", Assert.Throws<ArgumentException>(() => ClassificationMetrics.Of(task, new float[scores], Split.Test)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Optimizers_of_nothing_update_nothing()
    {
        Assert.Empty(new Adam().Updates(new Dictionary<Node, Node>()));
        Assert.Empty(new Sgd().Updates(new Dictionary<Node, Node>()));
    }

    [Fact]
    public void Metrics_of_several_labels()
    {
        NodeTask task = new("t", "n", ["a", "b"], true, [[0, 1], [1]], [Split.Test, Split.Test]);
        // Predicted {a}, {b}: two hits, two predicted, three true.
        ClassificationMetrics m = ClassificationMetrics.Of(task, [1, -1, -1, 1], Split.Test)!;
        Assert.Equal((0.5, 0.8, (1 + (2.0 / 3)) / 2), (m.Accuracy, m.MicroF1, m.MacroF1));
    }

    [Fact]
    public void Adam_follows_its_paper()
    {
        ProgramBuilder b = new();
        Node p = b.Parameter("p", Space.One, RowShape.Vector(2)), g = b.Input("g", Space.One, RowShape.Vector(2));
        GraphProgram program = new([], new Adam(Rate: 0.1f, Decay: 0.01f).Updates(new Dictionary<Node, Node> { [p] = g }));
        Dictionary<string, double[]> state = program.Leaves.ToDictionary(l => l.Name, l => Enumerable.Repeat((double)l.Init.Value, l.Type.Row.Size).ToArray());
        state["p"] = [1, -2];
        double[] expected = [1, -2], m = [0, 0], v = [0, 0];
        for (int t = 1; t <= 5; t++)
        {
            state["g"] = [0.3 * t, -0.2];
            for (int i = 0; i < 2; i++)
            {
                double gradient = state["g"][i] + (0.01f * expected[i]);
                m[i] = (0.9f * m[i]) + ((1 - 0.9f) * gradient);
                v[i] = (0.999f * v[i]) + ((1 - 0.999f) * gradient * gradient);
                expected[i] -= 0.1f * (m[i] / (1 - Math.Pow(0.9f, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999f, t))) + 1e-8f);
            }
            foreach ((string name, double[] values) in ReferenceInterpreter.Run(program, UglyGraphs.WithoutEdges().Topology, state))
                state[name] = values;
            Assert.All(expected.Zip(state["p"]), x => Assert.Equal(x.First, x.Second, 1e-7));
        }
    }

    [Fact]
    public void Adam_and_sgd_run_in_one_pass_per_parameter()
    {
        foreach ((Optimizer optimizer, int launches) in ((Optimizer, int)[])[(new Adam(), 3), (new Sgd(Decay: 0.1f), 1)])
        {
            ProgramBuilder b = new();
            Node p = b.Parameter("p", Space.Nodes, RowShape.Vector(7)), g = b.Input("g", Space.Nodes, RowShape.Vector(7));
            GraphProgram program = new([], optimizer.Updates(new Dictionary<Node, Node> { [p] = g }));
            // Adam has two more launches for its two powers.
            Assert.Equal(launches, GraphEngine.Passes.Pipeline.Run(program, new GraphEngine.Passes.PipelineOptions(2)).Kernels.Count);
        }
    }

    [Fact]
    public void A_step_of_sgd_on_a_device()
    {
        ProgramBuilder b = new();
        Node p = b.Parameter("p", Space.Nodes, RowShape.Vector(7)), g = b.Input("g", Space.Nodes, RowShape.Vector(7));
        DifferentialRun.Check(new GraphProgram([], new Sgd(Decay: 0.1f).Updates(new Dictionary<Node, Node> { [p] = g })), [UglyGraphs.Some(1).Topology], TestDevices.Cpu);
    }

    [Fact]
    public void Cross_entropy_is_finite_for_extreme_scores()
    {
        ProgramBuilder b = new();
        Node scores = b.Input("s", Space.Nodes, RowShape.Vector(UglyGraphs.NodeTypes)), weights = b.Input("w", Space.Nodes, RowShape.Scalar);
        GraphProgram program = new([new Output("loss", Losses.CrossEntropy(scores * 400, IndexMap.NodeType, weights))]);
        DifferentialRun.Check(program, [UglyGraphs.Some(1).Topology], TestDevices.Cpu);
    }
}
