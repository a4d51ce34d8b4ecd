namespace GraphEngine.Spaces;

/// <summary>
/// Merges the source groups and the target groups of a topology: both are sorted by edge type and node, and so are the groups of both ends.
/// </summary>
internal sealed class EndGroups
{
    /// <summary>Merges both.</summary>
    /// <param name="topology">The topology.</param>
    public EndGroups(Topology topology)
    {
        int[] sourceType = topology.Indices(IndexMap.SourceGroupType), sourceNode = topology.Indices(IndexMap.SourceGroupNode);
        int[] targetType = topology.Indices(IndexMap.TargetGroupType), targetNode = topology.Indices(IndexMap.TargetGroupNode);
        OfSources = new int[sourceType.Length];
        OfTargets = new int[targetType.Length];
        int s = 0, t = 0;
        for (; s < sourceType.Length || t < targetType.Length; Count++)
        {
            int order = s == sourceType.Length ? 1 : t == targetType.Length ? -1 : (sourceType[s], sourceNode[s]).CompareTo((targetType[t], targetNode[t]));
            if (order <= 0)
                OfSources[s++] = Count;
            if (order >= 0)
                OfTargets[t++] = Count;
        }
    }

    /// <summary>The number of groups.</summary>
    public int Count { get; }

    /// <summary>The group of each source group.</summary>
    public int[] OfSources { get; }

    /// <summary>The group of each target group.</summary>
    public int[] OfTargets { get; }
}
