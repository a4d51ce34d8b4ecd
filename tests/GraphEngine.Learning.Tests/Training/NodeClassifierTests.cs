using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Learning.Tests.Training;

/// <summary>What a classifier does when it is used without a trainer, in any order and from any thread.</summary>
public sealed class NodeClassifierTests
{
    private static readonly ModelOptions Small = new() { Hidden = 4 };
    private static readonly GraphData Data = GroupedItems.Make(features: 5);

    [Fact]
    public void Parameters_are_those_of_seed_0_where_nothing_else_is_said()
    {
        using NodeClassifier silent = Make(new Adam()), said = Make(new Adam());
        said.Initialize(seed: 0);
        Assert.Equal(said.Save(withStates: true), silent.Save(withStates: true));
        using NodeClassifier stepping = Make(new Adam());
        float[] losses = [.. Enumerable.Range(0, 5).Select(_ => stepping.Step())];
        Assert.True(losses[^1] < losses[0], $"The loss went from {losses[0]} to {losses[^1]}.");
    }

    // Powers of Adam that stay 0 would make its first steps far too small.
    [Fact]
    public void States_have_first_values_where_only_parameters_are_restored()
    {
        using NodeClassifier from = Make(new Adam()), to = Make(new Adam());
        from.Initialize(seed: 4);
        to.Restore(from.Save(withStates: false));
        Assert.Equal(from.Save(withStates: true), to.Save(withStates: true));
    }

    [Fact]
    public void A_classifier_that_only_predicts_has_to_be_given_parameters()
    {
        using NodeClassifier classifier = Make(optimizer: null);
        foreach (Action ask in (Action[])[() => classifier.Scores(), () => classifier.Evaluate(Split.Test), () => classifier.Save(withStates: false)])
            Assert.Contains("has no parameters yet; give it some by Checkpoint.LoadBest, Restore or Initialize", Assert.Throws<InvalidOperationException>(ask).Message, StringComparison.Ordinal);
        classifier.Initialize(seed: 1);
        Assert.Equal(Data.Tasks[0].Splits.Length * GroupedItems.Classes, classifier.Scores().Length);
    }

    [Fact]
    public void Settings_seeds_and_passes_are_checked()
    {
        string Refusal(Action make) => Assert.Throws<ArgumentException>(make).Message;
        Assert.Contains("The number of layers is 0, but must be 1 or more", Refusal(() => Make(null, Small with { Layers = 0 })), StringComparison.Ordinal);
        Assert.Contains("A hidden width of 7 cannot be divided among 2 heads", Refusal(() => Make(null, new ModelOptions { Model = "rgat", Hidden = 7, Heads = 2 })), StringComparison.Ordinal);
        Assert.Contains("There is no aggregation 7; choose one of Sum, Mean.", Refusal(() => Make(null, Small with { Aggregation = (Aggregation)7 })), StringComparison.Ordinal);
        Assert.Contains("There is no pass 'fusion' that can be left out; choose from demanded-rows,", Refusal(() => Make(null, disabled: "fusion")), StringComparison.Ordinal);
        using NodeClassifier classifier = Make(new Adam());
        foreach (int seed in (int[])[-1, 1 << 24])
            Assert.Equal($"The seed is {seed}, but must be from 0 to 16777215.", Refusal(() => classifier.Initialize(seed)));
    }

    [Fact]
    public void Features_are_checked_before_training()
    {
        float[] values = [.. Data.Features[0]!.Values];
        values[17] = float.NaN;
        GraphData broken = Data with { Features = [new FeatureMatrix(5, values), .. Data.Features.Skip(1)] };
        ArgumentException e = Assert.Throws<ArgumentException>(() => Trainer.Train(broken, new TrainingOptions { Model = Small }, TestDevices.Cpu, cancel: TestContext.Current.CancellationToken));
        Assert.Equal("The data set 'tiny', node type 'item', features of node 3: element 2 is NaN; features must be finite numbers.", e.Message);
    }

    [Fact]
    public void Nodes_without_labels_and_parts_are_scored()
    {
        using NodeClassifier trained = Make(new Adam());
        NodeTask task = Data.Tasks[0] with { Labels = [], Splits = [] };
        using NodeClassifier scoring = new(Data with { Tasks = [task] }, task, Small, TestDevices.Cpu, optimizer: null);
        scoring.Restore(trained.Save(withStates: false));
        Assert.Equal(trained.Scores(), scoring.Scores(), (a, b) => Math.Abs(a - b) <= 1e-5);
        Assert.Null(scoring.Evaluate(Split.Test));
        Assert.Contains("there are labels of 0 nodes", Refusal(Data with { Tasks = [task] }, task, new Adam()), StringComparison.Ordinal);
        NodeTask elsewhere = task with { NodeType = "thing" };
        Assert.Contains("puts the task 'colour' on the node type 'thing', which it does not declare", Refusal(Data, elsewhere, optimizer: null), StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_wait_for_each_other()
    {
        using NodeClassifier classifier = Make(new Adam());
        for (int i = 0; i < 5; i++)
            classifier.Step();
        float[] scores = classifier.Scores();
        ClassificationMetrics? valid = classifier.Evaluate(Split.Valid), test = classifier.Evaluate(Split.Test);
        Assert.NotEqual(valid, test);
        // All of these share memory; one that ran between the run and the read of another would leave it other numbers.
        Action[] asks =
        [
            () => Assert.Equal(scores, classifier.Scores()), () => Assert.Equal(valid, classifier.Evaluate(Split.Valid)), () => Assert.Equal(test, classifier.Evaluate(Split.Test)),
            () => Assert.Equal(scores, classifier.Scores()),
        ];
        List<Exception> failures = [];
        Thread[] threads = [.. asks.Select(ask => new Thread(() =>
        {
            Exception? failure = Record.Exception(() =>
            {
                for (int i = 0; i < 500; i++)
                    ask();
            });
            lock (failures)
                failures.AddRange(((Exception?[])[failure]).OfType<Exception>());
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.Empty(failures);
    }

    [Fact]
    public void Nothing_is_given_after_the_end()
    {
        NodeClassifier classifier = Make(new Adam());
        classifier.Step();
        classifier.Dispose();
        classifier.Dispose();
        Action[] asks =
        [
            () => classifier.Step(), () => classifier.Scores(), () => classifier.Evaluate(Split.Valid), () => classifier.Save(withStates: true), () => classifier.Initialize(1),
            () => classifier.Restore(new Dictionary<string, float[]>()), () => _ = classifier.Leaves, () => _ = classifier.Bytes, () => _ = classifier.ParameterCount,
        ];
        foreach (Action ask in asks)
            Assert.Contains("The classifier was disposed of", Assert.Throws<ObjectDisposedException>(ask).Message, StringComparison.Ordinal);
    }

    private static NodeClassifier Make(Optimizer? optimizer, ModelOptions? model = null, params string[] disabled) => new(Data, Data.Tasks[0], model ?? Small, TestDevices.Cpu, optimizer, disabled.ToHashSet());

    private static string Refusal(GraphData data, NodeTask task, Optimizer? optimizer)
    {
        NodeClassifier? classifier = null;
        return Assert.Throws<ArgumentException>(() => classifier = new NodeClassifier(data, task, Small, TestDevices.Cpu, optimizer)).Message;
    }
}
