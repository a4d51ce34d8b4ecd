namespace GraphEngine.Spaces;

/// <summary>What is known of maps whatever the graph: which of them are compositions of others. Passes use it to move work to the smaller space.</summary>
internal static class MapAlgebra
{
    private static readonly Dictionary<IndexMap, (IndexMap First, IndexMap Second)[]> Known = new()
    {
        [IndexMap.EdgeTarget] = [(IndexMap.EdgeTargetGroup, IndexMap.TargetGroupNode)],
        [IndexMap.EdgeSource] = [(IndexMap.EdgeSourceGroup, IndexMap.SourceGroupNode)],
        [IndexMap.EdgeType] = [(IndexMap.EdgeTargetGroup, IndexMap.TargetGroupType), (IndexMap.EdgeSourceGroup, IndexMap.SourceGroupType)],
        [SideMaps.TargetEdgeSource] = [(SideMaps.TargetEdge, IndexMap.EdgeSource)],
        [SideMaps.TargetEdgeTarget] = [(SideMaps.TargetEdgeGroup, SideMaps.TargetGroupNode), (SideMaps.TargetEdge, IndexMap.EdgeTarget)],
        [SideMaps.TargetEdgeTargetGroup] = [(SideMaps.TargetEdgeGroup, SideMaps.TargetGroup), (SideMaps.TargetEdge, IndexMap.EdgeTargetGroup)],
        [SideMaps.SourceEdgeTarget] = [(SideMaps.SourceEdge, IndexMap.EdgeTarget)],
        [SideMaps.SourceEdgeTargetGroup] = [(SideMaps.SourceEdge, IndexMap.EdgeTargetGroup)],
    };

    private static readonly Dictionary<(IndexMap, IndexMap), IndexMap> Compositions = Known.SelectMany(k => k.Value.Select(f => (f, k.Key))).ToDictionary(p => p.f, p => p.Key);

    /// <summary>Pairs of maps that compose to a map, the first applied first.</summary>
    public static IReadOnlyList<(IndexMap First, IndexMap Second)> Factorizations(IndexMap map) => Known.GetValueOrDefault(map, []);

    /// <summary>The map that gives the node type at one end of an edge as a function of the edge's type; null for other maps.</summary>
    /// <param name="end">The map from edges to that end.</param>
    public static IndexMap? TypeAt(IndexMap end) => end == IndexMap.EdgeSource ? IndexMap.EdgeTypeSource : end == IndexMap.EdgeTarget ? IndexMap.EdgeTypeTarget : null;

    /// <summary>The map that two others compose to, where it has a name.</summary>
    public static IndexMap? Compose(IndexMap first, IndexMap second) =>
        first.IsIdentity ? second
        : second.IsIdentity ? first
        : second.To == Space.One ? IndexMap.ToOne(first.From)
        : Compositions.GetValueOrDefault((first, second));
}
