namespace GraphEngine.Spaces;

/// <summary>Which relations make their typed products on target groups; all others make them on source groups.</summary>
/// <param name="OnTargets">One entry per edge type.</param>
public sealed record RelationSides(IReadOnlyList<bool> OnTargets)
{
    /// <summary>A topology with the spaces and maps of <see cref="SideMaps"/>.</summary>
    /// <param name="topology">The topology of a graph with these relations.</param>
    /// <exception cref="ArgumentException">The graph has another number of relations.</exception>
    public Topology Bind(Topology topology)
    {
        if (topology.Count(Space.EdgeTypes) != OnTargets.Count)
            throw new ArgumentException($"The program was compiled for {OnTargets.Count} edge types, but the graph has {topology.Count(Space.EdgeTypes)}; compile it for this graph.", nameof(topology));
        int[] types = topology.Indices(IndexMap.EdgeType);
        int[] targetEdges = Rows(types, onTargets: true), sourceEdges = Rows(types, onTargets: false);
        int[] targetGroups = Rows(topology.Indices(IndexMap.TargetGroupType), onTargets: true), sourceGroups = Rows(topology.Indices(IndexMap.SourceGroupType), onTargets: false);
        int[] Of(IndexMap map, int[] rows) => Array.ConvertAll(rows, row => topology.Indices(map)[row]);
        int[] targetGroupOf = Of(IndexMap.EdgeTargetGroup, targetEdges);
        return topology.With(
            new Dictionary<Space, int>
            {
                [SideMaps.TargetEdges] = targetEdges.Length,
                [SideMaps.SourceEdges] = sourceEdges.Length,
                [SideMaps.TargetGroups] = targetGroups.Length,
                [SideMaps.SourceGroups] = sourceGroups.Length,
            },
            new Dictionary<IndexMap, int[]>
            {
                [SideMaps.TargetEdge] = targetEdges,
                [SideMaps.TargetEdgeSource] = Of(IndexMap.EdgeSource, targetEdges),
                [SideMaps.TargetEdgeTarget] = Of(IndexMap.EdgeTarget, targetEdges),
                [SideMaps.TargetEdgeTargetGroup] = targetGroupOf,
                [SideMaps.TargetEdgeGroup] = Positions(targetGroupOf, targetGroups, topology.Count(Space.TargetGroups)),
                [SideMaps.TargetGroup] = targetGroups,
                [SideMaps.TargetGroupNode] = Of(IndexMap.TargetGroupNode, targetGroups),
                [SideMaps.TargetGroupType] = Of(IndexMap.TargetGroupType, targetGroups),
                [SideMaps.SourceEdge] = sourceEdges,
                [SideMaps.SourceEdgeTarget] = Of(IndexMap.EdgeTarget, sourceEdges),
                [SideMaps.SourceEdgeTargetGroup] = Of(IndexMap.EdgeTargetGroup, sourceEdges),
                [SideMaps.SourceEdgeGroup] = Positions(Of(IndexMap.EdgeSourceGroup, sourceEdges), sourceGroups, topology.Count(Space.SourceGroups)),
                [SideMaps.SourceGroupNode] = Of(IndexMap.SourceGroupNode, sourceGroups),
                [SideMaps.SourceGroupType] = Of(IndexMap.SourceGroupType, sourceGroups),
            });
    }

    /// <inheritdoc/>
    public bool Equals(RelationSides? other) => other is not null && OnTargets.SequenceEqual(other.OnTargets);

    /// <inheritdoc/>
    public override int GetHashCode() => OnTargets.Aggregate(17, HashCode.Combine);

    private int[] Rows(int[] types, bool onTargets)
    {
        bool[] wanted = [.. OnTargets];
        List<int> rows = [];
        for (int i = 0; i < types.Length; i++)
        {
            if (wanted[types[i]] == onTargets)
                rows.Add(i);
        }
        return [.. rows];
    }

    /// <summary>Where each value stands in a sorted list of distinct values.</summary>
    private static int[] Positions(int[] values, int[] sorted, int count)
    {
        int[] position = new int[count];
        for (int i = 0; i < sorted.Length; i++)
            position[sorted[i]] = i;
        return Array.ConvertAll(values, v => position[v]);
    }
}
