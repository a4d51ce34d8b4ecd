using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Testing;

/// <summary>
/// A program that reads typed products at its beginning and again at its end, with others as large in between, as a backward pass of attention does.
/// </summary>
public static class LateReader
{
    /// <summary>Counts for which keeping the first products would take more than a layer should need.</summary>
    public static RelationStatistics Crowded { get; } = new(
        [.. Enumerable.Repeat(100, UglyGraphs.EdgeTypes)], [.. Enumerable.Repeat(10_000, UglyGraphs.EdgeTypes)], [.. Enumerable.Repeat(13_000, UglyGraphs.EdgeTypes)], Nodes: 100, MostEdgesOfNode: 10);

    /// <summary>The program.</summary>
    /// <param name="width">The width of its rows.</param>
    public static GraphProgram Make(int width)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(width));
        Node Weights(string name, Space space) => b.Input(name, space, RowShape.Matrix(width, width));
        Node first = x.Along(IndexMap.SourceGroupNode).Linear(Weights("w", Space.EdgeTypes), IndexMap.SourceGroupType);
        Node h = first.Along(IndexMap.EdgeSourceGroup).Sum(IndexMap.EdgeTarget);
        h = (h * 0.1f).Linear(Weights("v", Space.NodeTypes), IndexMap.NodeType).Tanh();
        Node second = h.Along(IndexMap.SourceGroupNode).Linear(Weights("u", Space.EdgeTypes), IndexMap.SourceGroupType);
        h = second.Along(IndexMap.EdgeSourceGroup).Sum(IndexMap.EdgeTarget);
        h = (h * 0.1f).Linear(Weights("t", Space.NodeTypes), IndexMap.NodeType).Tanh();
        for (int hop = 0; hop < 2; hop++)
            h = (h.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget) * 0.1f).Tanh();
        return new GraphProgram([new Output("y", (first * h.Along(IndexMap.SourceGroupNode)).Sum(IndexMap.SourceGroupNode))]);
    }
}
