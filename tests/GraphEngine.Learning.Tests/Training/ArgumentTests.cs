using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Learning.Verification;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Learning.Tests.Training;

/// <summary>What is missing is named where it is handed over, not where it would be used.</summary>
public sealed class ArgumentTests
{
    [Fact]
    public void Missing_arguments_are_named()
    {
        GraphData data = GroupedItems.Make(features: 5);
        NodeTask task = data.Tasks[0];
        TrainingOptions options = new() { Epochs = 1, Model = new ModelOptions { Hidden = 4 } };
        using NodeClassifier classifier = Trainer.Prepare(data, options, TestDevices.Cpu);
        CancellationToken cancel = TestContext.Current.CancellationToken;
        (string Name, Action Call)[] calls =
        [
            ("data", () => Trainer.Train(null!, options, TestDevices.Cpu, cancel: cancel)),
            ("options", () => Trainer.Train(data, null!, TestDevices.Cpu, cancel: cancel)),
            ("device", () => Trainer.Train(data, options, null!, cancel: cancel)),
            ("classifier", () => Trainer.Train(null!, options, cancel: cancel)),
            ("options", () => Trainer.Train(classifier, null!, cancel: cancel)),
            ("data", () => Trainer.FindTask(null!, null)),
            ("data", () => Make(null!, task, options.Model)),
            ("task", () => Make(data, null!, options.Model)),
            ("model", () => Make(data, task, null!)),
            ("values", () => classifier.Restore(null!)),
            ("values", () => classifier.Save(null!)),
            ("leaf", () => classifier.LengthOf(null!)),
            ("classifier", () => Checkpoint.Of(null!, new TrainingResult(options, 0, 0, 0, 0, 0, 0, null, null))),
            ("result", () => Checkpoint.Of(classifier, null!)),
            ("path", () => Checkpoint.Read(null!)),
            ("path", () => Checkpoint.IsOne(null!)),
            ("data", () => ClassificationPlan.Of(null!, task, options.Model, null)),
            ("task", () => ClassificationMetrics.Of(null!, [], Split.Test)),
            ("task", () => MajorityBaseline.Accuracy(null!, Split.Test)),
            ("task", () => CrossValidation.Folds(null!, 2, 0)),
            ("gradients", () => new Adam().Updates(null!)),
            ("gradients", () => new Sgd().Updates(null!)),
            ("path", () => ReferenceCase.Read(null!)),
            ("reference", () => Verifier.Run(null!, TestDevices.Cpu)),
        ];
        Assert.All(calls, c => Assert.Throws<ArgumentNullException>(c.Name, c.Call));
        Assert.Contains("no settings of a model", Assert.Throws<ArgumentException>(() => Trainer.Train(data, options with { Model = null! }, TestDevices.Cpu, cancel: cancel)).Message, StringComparison.Ordinal);
    }

    private static void Make(GraphData data, NodeTask task, ModelOptions model) => new NodeClassifier(data, task, model, TestDevices.Cpu, new Adam()).Dispose();
}
