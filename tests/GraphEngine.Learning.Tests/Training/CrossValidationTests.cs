using GraphEngine.Graphs;
using GraphEngine.Learning.Training;
using Xunit;

namespace GraphEngine.Learning.Tests.Training;

public sealed class CrossValidationTests
{
    private static readonly NodeTask Task = new(
        "colour", "item", ["red", "green", "blue"], MultiLabel: false, [.. Enumerable.Range(0, 100).Select(v => v % 10 == 9 ? (int[])[] : [v % 3])],
        [.. Enumerable.Range(0, 100).Select(v => v % 10 == 9 ? Split.None : v < 60 ? Split.Train : v < 80 ? Split.Valid : Split.Test)]);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(54)]
    public void Every_training_node_is_held_out_once(int folds)
    {
        IReadOnlyList<NodeTask> tasks = CrossValidation.Folds(Task, folds, seed: 3);
        Assert.Equal(folds, tasks.Count);
        for (int v = 0; v < 100; v++)
        {
            Split[] splits = [.. tasks.Select(t => t.Splits[v])];
            if (Task.Splits[v] == Split.Train)
                Assert.Equal((1, folds - 1), (splits.Count(s => s == Split.Test), splits.Count(s => s == Split.Train)));
            else
                Assert.All(splits, s => Assert.Equal(Task.Splits[v] == Split.Valid ? Split.Valid : Split.None, s));
        }
    }

    [Fact]
    public void Folds_have_equal_shares_of_each_class()
    {
        int[] Held(NodeTask task) => [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, 100).Count(v => task.Splits[v] == Split.Test && task.Labels[v][0] == c))];
        // 18 training nodes of each class in six folds.
        Assert.All(CrossValidation.Folds(Task, 6, seed: 1), t => Assert.Equal([3, 3, 3], Held(t)));
    }

    [Fact]
    public void The_seed_decides_who_shares_a_fold()
    {
        Split[] Of(int seed) => CrossValidation.Folds(Task, 5, seed)[0].Splits;
        Assert.Equal(Of(1), Of(1));
        Assert.NotEqual(Of(1), Of(2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(55)]
    public void A_fold_needs_nodes(int folds) => Assert.Throws<ArgumentException>(() => CrossValidation.Folds(Task, folds, seed: 0));
}
