using System.Diagnostics;
using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Learning.Tests.Training;

public sealed class TrainerTests
{
    [Theory]
    [InlineData("cpu", 12, 0)]
    [InlineData("cpu", 1, 0)]
    [InlineData("cpu", 7, 2)]
    [InlineData("pocl", 12, 0)]
    public void Labels_that_neighbours_decide_are_learned(string device, int hidden, int bases)
    {
        TrainingOptions options = new() { Epochs = 60, Patience = 0, Rate = 0.05f, Model = new ModelOptions { Hidden = hidden, Bases = bases } };
        TrainingResult result = Trainer.Train(GroupedItems.Make(features: 5), options, TestDevices.Get(device), cancel: TestContext.Current.CancellationToken);
        // One hidden unit is too few for three classes; it must train all the same.
        Assert.True(result.Test!.Accuracy > (hidden == 1 ? 0.4 : 0.9), $"Test accuracy {result.Test.Accuracy:F3}.");
    }

    [Fact]
    public void Nodes_without_features_and_several_labels_train()
    {
        TrainingOptions options = new() { Epochs = 40, Patience = 0, Rate = 0.05f, Model = new ModelOptions { Hidden = 8 } };
        List<float> losses = [];
        TrainingResult featureless = Trainer.Train(GroupedItems.Make(features: 0), options, TestDevices.Cpu, new Losses(losses), cancel: TestContext.Current.CancellationToken);
        Assert.True(losses[^1] < 0.3 * losses[0], $"The loss went from {losses[0]} to {losses[^1]}.");
        Assert.True(featureless.Parameters > 0);
        TrainingResult several = Trainer.Train(GroupedItems.Make(features: 5, multiLabel: true), options, TestDevices.Cpu, cancel: TestContext.Current.CancellationToken);
        Assert.True(several.Test!.MicroF1 > 0.9, $"Micro F1 {several.Test.MicroF1:F3}.");
    }

    [Fact]
    public void A_task_without_test_nodes_trains_and_has_no_test_metrics()
    {
        GraphData data = GroupedItems.Make(features: 5);
        NodeTask task = data.Tasks[0] with { Splits = [.. data.Tasks[0].Splits.Select(s => s == Split.Test ? Split.None : s)] };
        TrainingOptions options = new() { Epochs = 2, Model = new ModelOptions { Hidden = 4 } };
        Assert.Null(Trainer.Train(data with { Tasks = [task] }, options, TestDevices.Cpu, cancel: TestContext.Current.CancellationToken).Test);
    }

    [Fact]
    public void A_classifier_is_trained_with_what_it_was_prepared_for()
    {
        TrainingOptions options = new() { Epochs = 1, Model = new ModelOptions { Hidden = 4 } };
        using NodeClassifier classifier = Trainer.Prepare(GroupedItems.Make(features: 5), options, TestDevices.Cpu);
        foreach (TrainingOptions other in (TrainingOptions[])[options with { Rate = 0.5f }, options with { Decay = 0.1f }, options with { Task = "another" }, options with { Model = new ModelOptions() }])
            Assert.Contains("was prepared for another", Assert.Throws<ArgumentException>(() => Trainer.Train(classifier, other, cancel: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Trainer.Train(classifier, options with { Seed = 3, Epochs = 2, Patience = 1 }, cancel: TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("cpu", "rgcn")]
    [InlineData("cpu", "rgat")]
    [InlineData("cpu", "hgt")]
    [InlineData("pocl", "rgcn")]
    [InlineData("pocl", "rgat")]
    [InlineData("pocl", "hgt")]
    public void Checkpoints_of_two_runs_with_one_seed_are_equal_to_the_byte(string device, string model)
    {
        TrainingOptions options = new() { Epochs = 4, Patience = 0, Seed = 5, Model = new ModelOptions { Model = model, Hidden = 8, Dropout = 0.4f } };
        using TemporaryFolder folder = new();
        using NodeClassifier classifier = Trainer.Prepare(GroupedItems.Make(features: 5), options, TestDevices.Get(device));
        byte[] Run(string name)
        {
            string path = Path.Combine(folder.Path, name);
            Trainer.Train(classifier, options, save: offer => offer.Take().Write(path), cancel: TestContext.Current.CancellationToken);
            return File.ReadAllBytes(path);
        }

        byte[] first = Run("first.safetensors");
        Assert.True(first.Length > 1000);
        Assert.Equal(first, Run("second.safetensors"));
    }

    // The best epoch is not the last one, and is better on validation nodes.
    [Fact]
    public void Training_stops_when_nothing_gets_better_and_keeps_the_best_epoch()
    {
        const int patience = 5;
        TrainingOptions options = new() { Epochs = 200, Patience = patience, Rate = 0.3f, Model = new ModelOptions { Hidden = 4, Dropout = 0.8f } };
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "c.safetensors");
        GraphData data = GroupedItems.Make(features: 5);
        Reports reports = new([]);
        TrainingResult result = Trainer.Train(data, options, TestDevices.Cpu, reports, save: offer => offer.Take().Write(path), cancel: TestContext.Current.CancellationToken);
        double[] valid = [.. reports.Epochs.Select(e => e.Valid!.MicroF1)];
        Assert.Equal((valid.Length, valid.Length - patience), (result.Epochs, result.BestEpoch));
        Assert.True(result.Epochs < options.Epochs);
        Assert.True(valid[^1] < valid.Max());
        Assert.Equal(Array.IndexOf(valid, valid.Max()) + 1, result.BestEpoch);
        Assert.Equal(valid.Max(), result.Valid!.MicroF1);
        using NodeClassifier loaded = new(data, data.Tasks[0], options.Model, TestDevices.Cpu, optimizer: null);
        Checkpoint.Read(path).LoadBest(loaded);
        Assert.Equal(result.Valid, loaded.Evaluate(Split.Valid));
        Assert.Equal(result.Test, loaded.Evaluate(Split.Test));
        Assert.Equal(200, Trainer.Train(data, options with { Patience = 0 }, TestDevices.Cpu, cancel: TestContext.Current.CancellationToken).Epochs);
    }

    // A server may have been running for days.
    [Fact]
    public void The_first_epoch_is_timed_from_the_call()
    {
        TrainingOptions options = new() { Epochs = 1, Model = new ModelOptions { Hidden = 4 } };
        using NodeClassifier classifier = Trainer.Prepare(GroupedItems.Make(features: 5), options, TestDevices.Cpu);
        long begin = Stopwatch.GetTimestamp();
        double seconds = Trainer.Train(classifier, options, cancel: TestContext.Current.CancellationToken).SecondsToFirstEpoch;
        Assert.InRange(seconds, 1e-6, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        Assert.Equal(0, Trainer.Train(classifier, options with { Epochs = 0 }, cancel: TestContext.Current.CancellationToken).SecondsToFirstEpoch);
    }

    [Fact]
    public void Another_seed_gives_another_model()
    {
        TrainingOptions options = new() { Epochs = 2, Patience = 0, Model = new ModelOptions { Hidden = 4 } };
        Assert.NotEqual(Loss(options), Loss(options with { Seed = 1 }));
    }

    // What is read from a folder was checked there; what is made in memory was not.
    [Fact]
    public void Labels_must_be_classes_and_every_node_of_a_part_has_one()
    {
        GraphData data = GroupedItems.Make(features: 5);
        NodeTask task = data.Tasks[0];
        string Refusal(NodeTask other) => Assert.Throws<ArgumentException>(() => Trainer.Prepare(data with { Tasks = [other] }, new TrainingOptions(), TestDevices.Cpu)).Message;
        Assert.Contains("The data set 'tiny', task 'colour', part of node 0: the node is in 'test' but has no label;", Refusal(task with { Labels = [[], .. task.Labels[1..]] }), StringComparison.Ordinal);
        Assert.Contains("The data set 'tiny', task 'colour', label of node 1: there is no class 3;", Refusal(task with { Labels = [task.Labels[0], [3], .. task.Labels[2..]] }), StringComparison.Ordinal);
        Assert.Contains("there are labels of 239 nodes", Refusal(task with { Labels = task.Labels[1..] }), StringComparison.Ordinal);
        Trainer.Prepare(data with { Tasks = [task with { Labels = [[], .. task.Labels[1..]], Splits = [Split.None, .. task.Splits[1..]] }] }, new TrainingOptions(), TestDevices.Cpu).Dispose();
    }

    [Fact]
    public void A_task_must_exist()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => Trainer.FindTask(GroupedItems.Make(features: 0), "topics"));
        Assert.Equal("The data set 'tiny' has no task 'topics'; it has colour.", e.Message);
    }

    private static float Loss(TrainingOptions options)
    {
        List<float> losses = [];
        Trainer.Train(GroupedItems.Make(features: 5), options, TestDevices.Cpu, new Losses(losses), cancel: TestContext.Current.CancellationToken);
        return losses[^1];
    }

    private sealed class Losses(List<float> losses) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => losses.Add(value.Loss);
    }

    private sealed record Reports(List<EpochReport> Epochs) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => Epochs.Add(value);
    }
}
