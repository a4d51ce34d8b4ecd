using GraphEngine.Graphs;
using GraphEngine.Kernels;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Learning.Tests.Training;

/// <summary>
/// Models are trained to the same losses and give the same scores whether layers are computed for all nodes or for those that are read.
/// </summary>
public sealed class DemandedRowsTests
{
    private const int Steps = 6;

    private static readonly Dictionary<string, ModelOptions> Forms = new()
    {
        ["linear"] = new() { Model = "linear" },
        ["rgcn"] = new() { Model = "rgcn", Dropout = 0.3f },
        ["rgcn-bases-inverse"] = new() { Model = "rgcn", Bases = 2, Inverse = true },
        ["rgcn-one-layer"] = new() { Model = "rgcn", Layers = 1 },
        ["rgcn-four-layers"] = new() { Model = "rgcn", Layers = 4, Aggregation = Aggregation.Sum, SelfLoop = false, Dropout = 0.2f },
        ["rgat"] = new() { Model = "rgat", Heads = 2, Dropout = 0.3f, AttentionDropout = 0.2f },
        ["rgat-within"] = new() { Model = "rgat", WithinRelation = true, SharedAttention = true, Inverse = true },
        ["hgt"] = new() { Model = "hgt", Heads = 3, Dropout = 0.3f, AttentionDropout = 0.2f, Normalize = true },
    };

    public static TheoryData<string> WithMessages() => [.. Forms.Keys.Where(form => form != "linear")];

    public static TheoryData<string, string, int, bool> Cases()
    {
        TheoryData<string, string, int, bool> cases = [];
        foreach (string device in TestDevices.Names.Select(n => n.Data))
        {
            // OpenCL on the CPU takes a tenth of a second to compile a kernel.
            foreach (string form in device == TestDevices.CpuName ? Forms.Keys : (IEnumerable<string>)["rgat"])
                cases.Add(device, form, 5, false);
        }
        foreach (string form in Forms.Keys)
            cases.Add(TestDevices.CpuName, form, 0, true);
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Losses_and_scores_are_those_of_all_rows(string device, string form, int features, bool multiLabel)
    {
        GraphData data = GroupedItems.Make(features, multiLabel, strangers: 2);
        // The linear model has no width of its own.
        ModelOptions model = form == "linear" ? Forms[form] : Forms[form] with { Hidden = 12 };
        (float[] first, float[] losses, float[] scores) = Train(data, model, device);
        (float[] allFirst, float[] allLosses, float[] allScores) = Train(data, model, device, "demanded-rows");
        Assert.True(losses[^1] < losses[0], $"The loss went from {losses[0]} to {losses[^1]}.");
        Assert.Equal(allLosses, losses, (a, b) => Math.Abs(a - b) <= 2e-5 * Math.Abs(a));
        // Adam divides by the size of gradients, and so makes much of what rounding leaves of small ones: only scores before the first step are as
        // close as sums in another order are.
        Assert.Equal(allFirst, first, (a, b) => Math.Abs(a - b) <= 1e-5 * (1 + Math.Abs(a)));
        Assert.Equal(allScores, scores, (a, b) => Math.Abs(a - b) <= 2e-3 * (1 + Math.Abs(a)));
    }

    [Theory, MemberData(nameof(WithMessages))]
    public void A_step_computes_and_moves_less(string form)
    {
        GraphData data = GroupedItems.Make(features: 5, strangers: 2);
        ModelOptions model = Forms[form] with { Hidden = 12 };
        HeteroGraph graph = model.Inverse ? data.Graph.WithInverseEdges() : data.Graph;
        Topology topology = NodeClassification.Topology(graph, data.Tasks[0]);
        RelationStatistics statistics = NodeClassification.Statistics(graph, data.Tasks[0], model, topology);
        KernelCost[] Costs(params string[] disabled) =>
            [.. KernelCost.Of(Pipeline.Run(NodeClassification.Step(graph, data.Tasks[0], model, new Adam()), new PipelineOptions(Workers: 2, statistics, disabled.ToHashSet())), topology)];
        KernelCost[] some = Costs(), all = Costs("demanded-rows");
        Assert.True(some.Sum(c => c.Flops) < all.Sum(c => c.Flops) && some.Sum(c => c.Bytes) < all.Sum(c => c.Bytes), $"{some.Sum(c => c.Flops)} of {all.Sum(c => c.Flops)} operations, {some.Sum(c => c.Bytes)} of {all.Sum(c => c.Bytes)} bytes.");
    }

    [Theory]
    [InlineData("rgat", false)]
    [InlineData("rgcn-bases-inverse", true)]
    public void Nodes_that_are_evaluated_are_scored_as_among_all(string form, bool multiLabel)
    {
        GraphData data = GroupedItems.Make(features: 5, multiLabel, strangers: 2);
        NodeTask task = data.Tasks[0];
        using NodeClassifier classifier = new(data, task, Forms[form] with { Hidden = 12 }, TestDevices.Cpu, new Adam());
        classifier.Initialize(seed: 2);
        for (int i = 0; i < Steps; i++)
            classifier.Step();
        ClassificationMetrics? valid = classifier.Evaluate(Split.Valid), test = classifier.Evaluate(Split.Test);
        float[] scores = classifier.Scores();
        long bytes = classifier.Bytes;
        Assert.Equal((ClassificationMetrics.Of(task, scores, Split.Valid), ClassificationMetrics.Of(task, scores, Split.Test)), (valid, test));
        Assert.NotEqual(valid, test);
        // The program for all nodes takes part in nothing else.
        Assert.Equal(valid, classifier.Evaluate(Split.Valid));
        classifier.Step();
        Assert.NotEqual(scores, classifier.Scores());
        Assert.Equal(bytes, classifier.Bytes);
        Assert.Contains("the part Train are not evaluated", Assert.Throws<ArgumentException>(() => classifier.Evaluate(Split.Train)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_without_evaluated_nodes_has_no_metrics()
    {
        GraphData data = GroupedItems.Make(features: 5);
        NodeTask task = data.Tasks[0] with { Splits = [.. data.Tasks[0].Splits.Select(_ => Split.Train)] };
        using NodeClassifier classifier = new(data, task, new ModelOptions { Hidden = 12 }, TestDevices.Cpu, new Adam());
        classifier.Initialize(seed: 1);
        Assert.Equal((null, null), (classifier.Evaluate(Split.Valid), classifier.Evaluate(Split.Test)));
        Assert.Equal(task.Splits.Length * task.Classes.Count, classifier.Scores().Length);
    }

    private static (float[] First, float[] Losses, float[] Scores) Train(GraphData data, ModelOptions model, string device, params string[] disabled)
    {
        using NodeClassifier classifier = new(data, data.Tasks[0], model, TestDevices.Get(device), new Adam(), disabled.ToHashSet());
        classifier.Initialize(seed: 1);
        float[] first = classifier.Scores();
        return (first, [.. Enumerable.Range(0, Steps).Select(_ => classifier.Step())], classifier.Scores());
    }
}
