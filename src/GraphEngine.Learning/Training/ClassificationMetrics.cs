using GraphEngine.Graphs;

namespace GraphEngine.Learning.Training;

/// <summary>How well classes are predicted on one part of a task.</summary>
/// <param name="Accuracy">The share of nodes whose set of classes is predicted exactly; with one class per node the usual accuracy.</param>
/// <param name="MicroF1">F1 of all (node, class) decisions together.</param>
/// <param name="MacroF1">The mean of the classes' F1; with one label per node of those that occur in truth or prediction, with several labels of all,
/// as scikit-learn has it.</param>
public sealed record ClassificationMetrics(double Accuracy, double MicroF1, double MacroF1)
{
    /// <summary>Computes metrics from scores; null where no node is in that part.</summary>
    /// <param name="task">The task.</param>
    /// <param name="scores">A score per node and class, row-major; the largest is predicted, or with several labels every positive one.</param>
    /// <param name="part">The part looked at.</param>
    /// <exception cref="ArgumentException">There are scores of another number of nodes or classes than the task has.</exception>
    public static ClassificationMetrics? Of(NodeTask task, ReadOnlySpan<float> scores, Split part)
    {
        ArgumentNullException.ThrowIfNull(task);
        int classes = task.Classes.Count, nodes = 0, exact = 0;
        if (scores.Length != (long)task.Splits.Length * classes)
            throw new ArgumentException($"There are {scores.Length} scores, but the task '{task.Name}' has {task.Splits.Length} nodes and {classes} classes; give a score for each class of each node.", nameof(scores));
        long[] hits = new long[classes], predicted = new long[classes], actual = new long[classes];
        for (int v = 0; v < task.Splits.Length; v++)
        {
            if (task.Splits[v] != part)
                continue;
            nodes++;
            ReadOnlySpan<float> row = scores.Slice(v * classes, classes);
            int best = task.MultiLabel ? -1 : NodeTask.Best(row);
            bool same = true;
            for (int c = 0; c < classes; c++)
            {
                bool guess = task.MultiLabel ? row[c] > 0 : c == best, truth = Array.IndexOf(task.Labels[v], c) >= 0;
                hits[c] += guess && truth ? 1 : 0;
                predicted[c] += guess ? 1 : 0;
                actual[c] += truth ? 1 : 0;
                same &= guess == truth;
            }
            exact += same ? 1 : 0;
        }
        if (nodes == 0)
            return null;
        double macro = Enumerable.Range(0, classes).Where(c => task.MultiLabel || predicted[c] + actual[c] > 0).Average(c => F1(hits[c], predicted[c], actual[c]));
        return new ClassificationMetrics((double)exact / nodes, F1(hits.Sum(), predicted.Sum(), actual.Sum()), macro);
    }

    private static double F1(long hits, long predicted, long actual) => predicted + actual == 0 ? 0 : 2.0 * hits / (predicted + actual);
}
