using GraphEngine.Graphs;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>How many rows spaces have on a graph of which the counts of relations are known; spaces that they say nothing about count as all nodes, node types as one.</summary>
/// <param name="statistics">The counts.</param>
/// <param name="sides">Which relation is on which side; null when all are on the same one.</param>
internal sealed class RowEstimate(RelationStatistics statistics, RelationSides? sides)
{
    /// <summary>The rows of a space.</summary>
    /// <param name="space">The space.</param>
    public long Of(Space space) => space switch
    {
        { Parts: { } parts } => Of(parts.Whole) * parts.Count,
        { Pieces: { } pieces } => Of(pieces.Map.To) + (Of(pieces.Map.From) / pieces.Size),
        _ when EdgeSet.Of(space) is EdgeSet edges => Of(edges, space.Is(Space.Edges) ? statistics.Edges : space.Is(Space.SourceGroups) ? statistics.SourceGroups : statistics.TargetGroups),
        { NodeType: string type } => statistics.NodesOf(type),
        _ when space == Space.EdgeTypes => statistics.Edges.Count,
        _ when space.IsSmall => 1,
        _ => statistics.Nodes,
    };

    /// <summary>The bytes of a tensor.</summary>
    /// <param name="buffer">The tensor.</param>
    public long BytesOf(TensorBuffer buffer) => sizeof(float) * (long)buffer.Type.Row.Size * buffer.RowsIn((int)Math.Min(int.MaxValue, Of(buffer.Type.Space)));

    private long Of(EdgeSet edges, IReadOnlyList<int> counts) => counts.Where((_, r) => statistics.IsIn(edges, r) && (edges.OnTargets is null || sides?.OnTargets[r] == edges.OnTargets)).Sum(c => (long)c);
}
