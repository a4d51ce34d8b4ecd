using GraphEngine.Graphs;
using GraphEngine.Ir;

namespace GraphEngine.Learning.Models;

/// <summary>The models by name.</summary>
public static class ModelCatalogue
{
    /// <summary>The names, in the order they are listed.</summary>
    public static IReadOnlyList<string> Names { get; } = ["rgcn", "rgat", "hgt", LinearModel.Name];

    /// <summary>Builds a model: a score per class for every node.</summary>
    /// <param name="b">The builder.</param>
    /// <param name="graph">Its schema decides widths and types.</param>
    /// <param name="options">What the model is made of.</param>
    /// <param name="classes">The number of scores.</param>
    /// <param name="training">True for the form with dropout.</param>
    /// <exception cref="ArgumentException">There is no model of that name.</exception>
    public static Node Scores(ProgramBuilder b, HeteroGraph graph, ModelOptions options, int classes, bool training)
    {
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        return options.Model switch
        {
            "rgcn" => Rgcn.Scores(b, graph, options, classes, training),
            "rgat" => Rgat.Scores(b, graph, options, classes, training),
            "hgt" => Hgt.Scores(b, graph, options, classes, training),
            LinearModel.Name => LinearModel.Scores(b, graph, classes),
            _ => throw new ArgumentException($"There is no model '{options.Model}'; choose one of {string.Join(", ", Names)}.", nameof(options)),
        };
    }
}
