using GraphEngine.Graphs;
using GraphEngine.Ir;

namespace GraphEngine.Learning.Models;

/// <summary>
/// The relational graph convolutional network of Schlichtkrull et al., arXiv 1703.06103: layers with ReLU between them, the last one giving class
/// scores. Nodes without features enter through the rows of the first layer's weights; features are projected to the hidden width first.
/// </summary>
public static class Rgcn
{
    /// <summary>Builds the model.</summary>
    /// <param name="b">The builder.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="options">Widths, layers, bases, dropout, aggregation.</param>
    /// <param name="classes">The number of scores.</param>
    /// <param name="training">True for the form with dropout.</param>
    public static Node Scores(ProgramBuilder b, HeteroGraph graph, ModelOptions options, int classes, bool training)
    {
        float rate = training ? options.Dropout : 0;
        RgcnLayer Layer(int i) => new(
            $"layer{i}", graph.Schema.EdgeTypes.Count, i == options.Layers ? classes : options.Hidden, options.Aggregation, options.Bases, options.SelfLoop, options.Bias);

        Node h = NodeInputs.AreFeatureless(graph.Schema)
            ? Layer(1).ApplyFeatureless(b, graph.NodeCount)
            : Layer(1).Apply(b.Dropout(NodeInputs.Project(b, graph, options.Hidden).Relu(), rate));
        for (int i = 2; i <= options.Layers; i++)
            h = Layer(i).Apply(b.Dropout(h.Relu(), rate));
        return h;
    }
}
