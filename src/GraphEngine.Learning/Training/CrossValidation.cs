using GraphEngine.Graphs;
using GraphEngine.Tensors;

namespace GraphEngine.Learning.Training;

/// <summary>
/// Cross-validation on training nodes, for choosing settings of a task with few labels and no validation part: every fold is held out once, with as
/// equal shares of each class, or of each first class of nodes with several, as can be (stratified; Kohavi, A study of cross-validation and
/// bootstrap, IJCAI 1995).
/// </summary>
public static class CrossValidation
{
    /// <summary>
    /// The task of each fold: its nodes are the test part, the other folds the training part. Validation nodes stay what they are; test nodes leave
    /// the task, so that no choice can come from them.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="folds">The number of folds, 2 or more.</param>
    /// <param name="seed">Decides which nodes share a fold.</param>
    /// <exception cref="ArgumentException">There are fewer than two folds, or not a training node for each.</exception>
    public static IReadOnlyList<NodeTask> Folds(NodeTask task, int folds, int seed)
    {
        ArgumentNullException.ThrowIfNull(task);
        int[] nodes = [.. Enumerable.Range(0, task.Splits.Length).Where(v => task.Splits[v] == Split.Train)];
        TrainingOptions.Require(folds >= 2, "number of folds", folds, "2 or more");
        if (folds > nodes.Length)
            throw new ArgumentException($"The task '{task.Name}' has {nodes.Length} training nodes, too few for {folds} folds; use fewer folds.", nameof(folds));
        uint key = CounterRandom.Key((uint)seed, 0, 0);
        // Dealt class by class, each class in a random order.
        int[] dealt = [.. nodes.OrderBy(v => task.Labels[v].FirstOrDefault(-1)).ThenBy(v => CounterRandom.Bits(key, (uint)v)).ThenBy(v => v)];
        NodeTask[] tasks = [.. Enumerable.Range(0, folds).Select(_ => task with { Splits = [.. task.Splits.Select(s => s == Split.Test ? Split.None : s)] })];
        for (int i = 0; i < dealt.Length; i++)
            tasks[i % folds].Splits[dealt[i]] = Split.Test;
        return tasks;
    }
}
