using GraphEngine.Graphs;
using GraphEngine.Ir;

namespace GraphEngine.Learning.Models;

/// <summary>
/// The relational graph attention network of Busbridge et al., arXiv 1904.05811: layers with ReLU between them, hidden layers with heads side by side,
/// the last one with averaged heads giving class scores. Features are projected to the hidden width first; nodes without features have trainable vectors.
/// </summary>
public static class Rgat
{
    /// <summary>Builds the model.</summary>
    /// <param name="b">The builder.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="options">Widths, layers, heads, dropout, attention.</param>
    /// <param name="classes">The number of scores.</param>
    /// <param name="training">True for the form with dropout.</param>
    public static Node Scores(ProgramBuilder b, HeteroGraph graph, ModelOptions options, int classes, bool training)
    {
        float rate = training ? options.Dropout : 0;
        Node h = NodeInputs.Project(b, graph, options.Hidden);
        for (int i = 1; i <= options.Layers; i++)
        {
            bool last = i == options.Layers;
            RgatLayer layer = new(
                $"layer{i}", last ? classes : options.Hidden, options.Heads, Average: last, options.WithinRelation, Bias: options.Bias, AttentionDropout: training ? options.AttentionDropout : 0);
            h = layer.Apply(b.Dropout(h.Relu(), rate));
        }
        return h;
    }
}
