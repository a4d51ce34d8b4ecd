using GraphEngine.Graphs;
using GraphEngine.Ir;

namespace GraphEngine.Learning.Models;

/// <summary>Logistic regression on the features of a node alone: what a graph model has to beat.</summary>
public static class LinearModel
{
    /// <summary>What it is called.</summary>
    public const string Name = "linear";

    /// <summary>Builds the model.</summary>
    /// <param name="b">The builder.</param>
    /// <param name="graph">The graph, of which only node types and features are used.</param>
    /// <param name="classes">The number of scores.</param>
    public static Node Scores(ProgramBuilder b, HeteroGraph graph, int classes) => NodeInputs.Project(b, graph, classes);
}
