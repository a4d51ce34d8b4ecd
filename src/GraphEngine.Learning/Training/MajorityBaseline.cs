using GraphEngine.Graphs;

namespace GraphEngine.Learning.Training;

/// <summary>The most frequent answer of the training nodes, given to every node: the accuracy that nothing should stay below.</summary>
public static class MajorityBaseline
{
    /// <summary>Its accuracy on one part; null where that is empty.</summary>
    /// <param name="task">The task; with several labels per node an answer is a whole set of classes.</param>
    /// <param name="part">The part.</param>
    public static double? Accuracy(NodeTask task, Split part)
    {
        ArgumentNullException.ThrowIfNull(task);
        string? answer = Answers(task, Split.Train).GroupBy(a => a).MaxBy(g => g.Count())?.Key;
        string[] truth = [.. Answers(task, part)];
        return truth.Length == 0 ? null : (double)truth.Count(t => t == answer) / truth.Length;
    }

    private static IEnumerable<string> Answers(NodeTask task, Split part) =>
        Enumerable.Range(0, task.Splits.Length).Where(v => task.Splits[v] == part).Select(v => string.Join(',', task.Labels[v].Order()));
}
