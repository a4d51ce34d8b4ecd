using GraphEngine.Graphs;
using GraphEngine.Ir;

namespace GraphEngine.Learning.Models;

/// <summary>
/// The relational graph attention network of Busbridge et al., arXiv 1904.05811: layers with ReLU between them, hidden layers with heads side by side
/// or averaged, the last one with averaged heads giving class scores. Nodes without features enter through the rows of the first layer's weights;
/// features are projected to the hidden width first.
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
        RgatLayer Layer(int i)
        {
            bool last = i == options.Layers;
            return new(
                $"layer{i}", last ? classes : options.Hidden, options.Heads, Average: last || options.AverageHeads, options.WithinRelation, options.SharedAttention, options.SelfLoop, options.Bias,
                training ? options.AttentionDropout : 0, options.Bases);
        }

        Node h = NodeInputs.AreFeatureless(graph.Schema)
            ? Layer(1).ApplyFeatureless(b, graph.NodeCount)
            : Layer(1).Apply(b.Dropout(NodeInputs.Project(b, graph, options.Hidden).Relu(), rate));
        for (int i = 2; i <= options.Layers; i++)
            h = Layer(i).Apply(b.Dropout(h.Relu(), rate));
        return h;
    }
}
