using GraphEngine.Data.Folders;
using GraphEngine.Graphs;
using GraphEngine.Tensors;
using Parquet;
using Parquet.Schema;

namespace GraphEngine.Data;

/// <summary>
/// Predictions as one Parquet table, a row per node: <c>index</c> (int32), <c>id</c> (string, where nodes have ids), <c>class</c> (string; several are joined
/// by a vertical bar), <c>probability</c> (float, that of the class; where a node may have several, that of the most probable one, predicted or not) and <c>scores</c> (list of float, before softmax or logistic function).
/// </summary>
public static class PredictionTable
{
    /// <summary>Writes the table: first to a sibling, which then takes the place of the target.</summary>
    /// <param name="file">The file; replaced if it exists.</param>
    /// <param name="task">The task.</param>
    /// <param name="ids">The ids of the task's nodes; null where there are none.</param>
    /// <param name="scores">A score per node and class, row-major.</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string file, NodeTask task, string[]? ids, float[] scores, CancellationToken cancellation = default)
    {
        int classes = task.Classes.Count, nodes = scores.Length / classes;
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
