using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Learning.Tests.Training;

/// <summary>RGAT and HGT learn where the class of a node is that of one neighbour among several.</summary>
public sealed class AttentionTrainingTests
{
    private static readonly Dictionary<string, ModelOptions> Forms = new()
    {
        ["rgat"] = new() { Model = "rgat" },
        ["rgat-heads"] = new() { Model = "rgat", Heads = 2 },
        ["rgat-within"] = new() { Model = "rgat", WithinRelation = true },
        ["rgat-dropout"] = new() { Model = "rgat", AttentionDropout = 0.3f },
        ["rgat-bases"] = new() { Model = "rgat", Bases = 3 },
        ["hgt"] = new() { Model = "hgt" },
        ["hgt-heads"] = new() { Model = "hgt", Heads = 2 },
        ["hgt-normalized"] = new() { Model = "hgt", Normalize = true },
    };

    public static TheoryData<string> Names() => [.. Forms.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Labels_that_one_neighbour_among_several_decides_are_learned(string form)
    {
        GraphData data = GroupedItems.Make(features: 5, strangers: 2);
        Assert.InRange(MajorityBaseline.Accuracy(data.Tasks[0], Split.Test)!.Value, 0, 0.45);
        ClassificationMetrics test = Train(data, Forms[form], epochs: 60).Test;
        Assert.True(test.Accuracy > 0.9, $"Test accuracy {test.Accuracy:F3}.");
    }

    [Theory]
    [InlineData("rgat-heads")]
    [InlineData("rgat-within")]
    [InlineData("rgat-dropout")]
    [InlineData("rgat-bases")]
    [InlineData("hgt-heads")]
    [InlineData("hgt-normalized")]
    public void Each_setting_changes_what_is_trained(string form)
    {
        ModelOptions plain = new() { Model = Forms[form].Model };
        GraphData data = GroupedItems.Make(features: 5, strangers: 2);
        Assert.NotEqual(Train(data, plain, epochs: 2).Losses, Train(data, Forms[form], epochs: 2).Losses);
    }

    private static (ClassificationMetrics Test, IReadOnlyList<float> Losses) Train(GraphData data, ModelOptions model, int epochs)
    {
        TrainingOptions options = new() { Epochs = epochs, Patience = 0, Rate = 0.03f, Model = model with { Hidden = 12 } };
        LossRecorder losses = new();
        TrainingResult result = Trainer.Train(data, options, TestDevices.Cpu, losses, cancel: TestContext.Current.CancellationToken);
        return (result.Test!, losses.Values);
    }

    private sealed class LossRecorder : IProgress<EpochReport>
    {
        public List<float> Values { get; } = [];

        public void Report(EpochReport value) => Values.Add(value.Loss);
    }
}
