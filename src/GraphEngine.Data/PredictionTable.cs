using GraphEngine.Data.Folders;
using GraphEngine.Graphs;
using GraphEngine.Tensors;
using Parquet;
using Parquet.Schema;

namespace GraphEngine.Data;

/// <summary>
/// Predictions as one Parquet table, a row per node: <c>index</c> (int32), <c>id</c> (string, where nodes have ids), <c>class</c> (string; several
/// are joined by a vertical bar), <c>probability</c> (float, that of the class; where a node may have several, that of the most probable one,
/// predicted or not) and <c>scores</c> (list of float, before softmax or logistic function). Several threads may write, each a file of its own.
/// </summary>
public static class PredictionTable
{
    /// <summary>Writes the table: first to a sibling, which then takes the place of the target.</summary>
    /// <param name="file">The file; replaced if it exists.</param>
    /// <param name="task">The task.</param>
    /// <param name="ids">The ids of the task's nodes, as many as <paramref name="scores"/> has rows; null where there are none.</param>
    /// <param name="scores">A score per node and class, row-major.</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <exception cref="ArgumentException">The task has no classes, or there are scores of half a node, of another number of nodes than it has parts
    /// or than there are ids, or one that is not finite.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string file, NodeTask task, string[]? ids, float[] scores, CancellationToken cancellation = default)
    {
        int classes = Check(file, task, ids, scores), nodes = scores.Length / classes;
        string[] names = new string[nodes];
        float[] probabilities = new float[nodes];
        for (int v = 0; v < nodes; v++)
            (names[v], probabilities[v]) = Predict(task, scores.AsSpan(v * classes, classes));
        List<TableColumn> columns = [TableColumn.OfScalars("index", [.. Enumerable.Range(0, nodes)])];
        if (ids is not null)
            columns.Add(TableColumn.OfTexts("id", ids));
        columns.Add(TableColumn.OfTexts("class", names));
        columns.Add(TableColumn.OfScalars("probability", probabilities));
        columns.Add(TableColumn.OfFixedLists("scores", new FeatureMatrix(classes, scores)));
        WholeFile.Write(file, place => TableWriter.Write(place, columns, nodes, rowsPerGroup: 1 << 16, cancellation));
    }

    /// <summary>The number of classes, where everything fits it.</summary>
    private static int Check(string file, NodeTask task, string[]? ids, float[] scores)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(scores);
        int classes = task.Classes.Count;
        if (classes == 0)
            throw new ArgumentException($"The task '{task.Name}' has no classes to predict; name at least one.", nameof(task));
        if (scores.Length % classes != 0)
            throw new ArgumentException($"There are {scores.Length} scores, not a multiple of the {classes} classes of the task '{task.Name}'; give every node a score per class.", nameof(scores));
        int nodes = scores.Length / classes;
        // A task that is only predicted may have no parts.
        if (task.Splits.Length > 0 && task.Splits.Length != nodes)
            throw new ArgumentException($"There are scores of {nodes} nodes, but the task '{task.Name}' has {task.Splits.Length}; give scores of all of them.", nameof(scores));
        if (ids is not null && ids.Length != nodes)
            throw new ArgumentException($"There are {ids.Length} ids, but scores of {nodes} nodes; give an id per node, or none at all.", nameof(ids));
        if (ids is not null && Array.IndexOf(ids, null) is >= 0 and int missing)
            throw new ArgumentException($"The id of node {missing} is null; give an id per node, or none at all.", nameof(ids));
        if (Array.FindIndex(scores, s => !float.IsFinite(s)) is >= 0 and int at)
            throw new ArgumentException(FormattableString.Invariant($"The score of node {at / classes} for the class '{task.Classes[at % classes]}' is {scores[at]}; scores must be finite numbers, so look for a model that has diverged."), nameof(scores));
        return classes;
    }

    private static (string Class, float Probability) Predict(NodeTask task, ReadOnlySpan<float> scores)
    {
        int best = NodeTask.Best(scores);
        if (task.MultiLabel)
        {
            List<string> names = [];
            for (int c = 0; c < scores.Length; c++)
            {
                if (scores[c] > 0)
                    names.Add(task.Classes[c]);
            }
            return (string.Join('|', names), 1 / (1 + MathF.Exp(-scores[best])));
        }
        double sum = 0;
        foreach (float score in scores)
            sum += Math.Exp(score - scores[best]);
        return (task.Classes[best], (float)(1 / sum));
    }
}
