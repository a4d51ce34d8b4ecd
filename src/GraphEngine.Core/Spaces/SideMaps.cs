namespace GraphEngine.Spaces;

/// <summary>
/// The spaces and maps of a graph whose relations are divided in two: those whose typed products are made on target groups, after the sum (suffix t), and those
/// whose products are made on source groups, before it (suffix s). <see cref="RelationSides"/> says which relation is where and binds them to a topology.
/// </summary>
public static class SideMaps
{
    /// <summary>The edges of the relations on the target side, in the order of all edges.</summary>
    public static Space TargetEdges { get; } = new("edges.t");

    /// <summary>The edges of the relations on the source side, in the order of all edges.</summary>
    public static Space SourceEdges { get; } = new("edges.s");

    /// <summary>The target groups of the relations on the target side.</summary>
    public static Space TargetGroups { get; } = new("tgroups.t");

    /// <summary>The source groups of the relations on the source side.</summary>
    public static Space SourceGroups { get; } = new("sgroups.s");

    /// <summary>Target-side edges among all edges.</summary>
    public static IndexMap TargetEdge { get; } = new("edge.t", TargetEdges, Space.Edges, IsSorted: true);

    /// <summary>Target-side edge to its source node.</summary>
    public static IndexMap TargetEdgeSource { get; } = new("edge.t.source", TargetEdges, Space.Nodes);

    /// <summary>Target-side edge to its target node.</summary>
    public static IndexMap TargetEdgeTarget { get; } = new("edge.t.target", TargetEdges, Space.Nodes, IsSorted: true);

    /// <summary>Target-side edge to its target group among those of its side.</summary>
    public static IndexMap TargetEdgeGroup { get; } = new("edge.t.group", TargetEdges, TargetGroups);

    /// <summary>Target-side edge to its target group among all.</summary>
    public static IndexMap TargetEdgeTargetGroup { get; } = new("edge.t.tgroup", TargetEdges, Space.TargetGroups);

    /// <summary>Target-side groups among all target groups.</summary>
    public static IndexMap TargetGroup { get; } = new("tgroup.t", TargetGroups, Space.TargetGroups, IsSorted: true);

    /// <summary>Target-side group to its node.</summary>
    public static IndexMap TargetGroupNode { get; } = new("tgroup.t.node", TargetGroups, Space.Nodes);

    /// <summary>Target-side group to its edge type.</summary>
    public static IndexMap TargetGroupType { get; } = new("tgroup.t.type", TargetGroups, Space.EdgeTypes, IsSorted: true);

    /// <summary>Source-side edges among all edges.</summary>
    public static IndexMap SourceEdge { get; } = new("edge.s", SourceEdges, Space.Edges, IsSorted: true);

    /// <summary>Source-side edge to its target node.</summary>
    public static IndexMap SourceEdgeTarget { get; } = new("edge.s.target", SourceEdges, Space.Nodes, IsSorted: true);

    /// <summary>Source-side edge to its target group among all.</summary>
    public static IndexMap SourceEdgeTargetGroup { get; } = new("edge.s.tgroup", SourceEdges, Space.TargetGroups);

    /// <summary>Source-side edge to its source group among those of its side.</summary>
    public static IndexMap SourceEdgeGroup { get; } = new("edge.s.group", SourceEdges, SourceGroups);

    /// <summary>Source-side group to its node.</summary>
    public static IndexMap SourceGroupNode { get; } = new("sgroup.s.node", SourceGroups, Space.Nodes);

    /// <summary>Source-side group to its edge type.</summary>
    public static IndexMap SourceGroupType { get; } = new("sgroup.s.type", SourceGroups, Space.EdgeTypes, IsSorted: true);

    /// <summary>The map from the groups of the other side to their types; null for other maps. No type has groups on both sides.</summary>
    /// <param name="types">A map from groups to types.</param>
    public static IndexMap? OtherTypes(IndexMap types) => types == TargetGroupType ? SourceGroupType : types == SourceGroupType ? TargetGroupType : null;
}
