using GraphEngine.Graphs;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// How many rows spaces have on a graph of which the counts of relations are known; spaces that they say nothing about count as all nodes, node types
/// as one.
/// </summary>
/// <param name="statistics">The counts.</param>
internal sealed class RowEstimate(RelationStatistics statistics)
{
    /// <summary>The rows of a space.</summary>
    /// <param name="space">The space.</param>
    public long Of(Space space) => space switch
    {
        { Parts: { } parts } => Of(parts.Whole) * parts.Count,
        { Pieces: { } pieces } => Of(pieces.Map.To) + (Of(pieces.Map.From) / pieces.Size),
        _ when EdgeSet.Of(space) is EdgeSet edges && statistics.Of(edges) is var counts => OnSides(edges, space.Is(Space.Edges) ? counts.Edges : space.Is(Space.SourceGroups) ? counts.SourceGroups : counts.TargetGroups),
        // At most: a node that is source and target in a relation has one.
        _ when space == Space.EndGroups => Of(Space.SourceGroups) + Of(Space.TargetGroups),
        _ when space == Space.EdgeTypes => statistics.Edges.Count,
        { FixedCount: { } count } => count,
        _ when space.IsSmall => 1,
        { Among: { } nodes } => Of(nodes),
        _ => statistics.NodesIn(space),
    };

    /// <summary>The bytes of a tensor.</summary>
    /// <param name="buffer">The tensor.</param>
    public long BytesOf(TensorBuffer buffer) => sizeof(float) * (long)buffer.Type.Row.Size * buffer.RowsIn((int)Math.Min(int.MaxValue, Of(buffer.Type.Space)));

    private static long OnSides(EdgeSet edges, IReadOnlyList<int> counts) => counts.Where((_, r) => edges.Sides is null || edges.Sides.OnTargets[r] == edges.IsTargetSide).Sum(c => (long)c);
}
