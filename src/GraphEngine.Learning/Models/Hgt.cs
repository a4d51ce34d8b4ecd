using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Models;

/// <summary>
/// The heterogeneous graph transformer of Hu et al., arXiv 2003.01332: a learnable projection of each node type's features to the hidden width,
/// layers of that width, and linear class scores.
/// </summary>
public static class Hgt
{
    /// <summary>Builds the model.</summary>
    /// <param name="b">The builder.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="options">Widths, layers, heads, dropout, normalisation.</param>
    /// <param name="classes">The number of scores.</param>
    /// <param name="training">True for the form with dropout.</param>
    public static Node Scores(ProgramBuilder b, HeteroGraph graph, ModelOptions options, int classes, bool training)
    {
        Node h = NodeInputs.Project(b, graph, options.Hidden).Relu();
        for (int i = 1; i <= options.Layers; i++)
        {
            HgtLayer layer = new($"layer{i}", options.Hidden, options.Hidden, options.Heads, options.Normalize, training ? options.AttentionDropout : 0);
            h = layer.Apply(b.Dropout(h, training ? options.Dropout : 0));
        }
        return h.Linear(b.Parameter("scores.weight", Space.One, RowShape.Matrix(options.Hidden, classes))) + b.Parameter("scores.bias", Space.One, RowShape.Vector(classes), Initializer.Zero);
    }
}
