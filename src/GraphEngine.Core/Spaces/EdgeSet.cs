namespace GraphEngine.Spaces;

/// <summary>
/// A set of edges with the groups, nodes and maps that belong to it: all edges of a graph, those that lead to nodes of one type, and of each of these the edges whose typed
/// products are made on one side (<see cref="RelationSides"/>). With an edge it has all edges of its relation, so that its groups are whole and what holds of the
/// maps of all edges holds of its own.
/// </summary>
public sealed record EdgeSet
{
    private EdgeSet()
    {
    }

    /// <summary>All edges.</summary>
    public static EdgeSet All { get; } = new();

    /// <summary>The edges that lead to nodes of one type.</summary>
    /// <param name="nodeType">The node type's name.</param>
    public static EdgeSet Into(string nodeType) => new() { TargetType = nodeType };

    /// <summary>The set that a space of edges or groups belongs to; null for other spaces.</summary>
    /// <param name="space">The space.</param>
    public static EdgeSet? Of(Space space) => space.Subset?.Set ?? (space == Space.Edges || space == Space.SourceGroups || space == Space.TargetGroups ? All : null);

    /// <summary>The type of all targets; null where there is no such restriction.</summary>
    public string? TargetType { get; private init; }

    /// <summary>True for the edges of relations whose products are made on target groups, false for those of source groups, null for both.</summary>
    public bool? OnTargets { get; private init; }

    /// <summary>The edges of this set whose typed products are made on target groups, after the sum.</summary>
    public EdgeSet TargetSide => this with { OnTargets = true };

    /// <summary>The edges of this set whose typed products are made on source groups, before the sum.</summary>
    public EdgeSet SourceSide => this with { OnTargets = false };

    /// <summary>The set that this one is a side of; of a set with both sides, itself.</summary>
    public EdgeSet BothSides => this with { OnTargets = null };

    /// <summary>The edges, in the order of all edges.</summary>
    public Space Edges => Rows(Space.Edges);

    /// <summary>The (edge type, source) groups.</summary>
    public Space SourceGroups => Rows(Space.SourceGroups);

    /// <summary>The (edge type, target) groups.</summary>
    public Space TargetGroups => Rows(Space.TargetGroups);

    /// <summary>The nodes that edges of this set may lead to.</summary>
    public Space Targets => TargetType is null ? Space.Nodes : Space.NodesOf(TargetType);

    /// <summary>Edge to its source node.</summary>
    public IndexMap Source => Restrict(IndexMap.EdgeSource, Edges, Space.Nodes);

    /// <summary>Edge to its target node.</summary>
    public IndexMap Target => Restrict(IndexMap.EdgeTarget, Edges, Targets);

    /// <summary>Edge to its edge type.</summary>
    public IndexMap Type => Restrict(IndexMap.EdgeType, Edges, Space.EdgeTypes);

    /// <summary>Edge to its source group.</summary>
    public IndexMap SourceGroup => Restrict(IndexMap.EdgeSourceGroup, Edges, SourceGroups);

    /// <summary>Edge to its target group.</summary>
    public IndexMap TargetGroup => Restrict(IndexMap.EdgeTargetGroup, Edges, TargetGroups);

    /// <summary>Edge to its target group among those of both sides.</summary>
    public IndexMap TargetGroupOfBoth => Restrict(IndexMap.EdgeTargetGroup, Edges, BothSides.TargetGroups);

    /// <summary>Source group to its node.</summary>
    public IndexMap SourceGroupNode => Restrict(IndexMap.SourceGroupNode, SourceGroups, Space.Nodes);

    /// <summary>Source group to its edge type.</summary>
    public IndexMap SourceGroupType => Restrict(IndexMap.SourceGroupType, SourceGroups, Space.EdgeTypes);

    /// <summary>Target group to its node.</summary>
    public IndexMap TargetGroupNode => Restrict(IndexMap.TargetGroupNode, TargetGroups, Targets);

    /// <summary>Target group to its edge type.</summary>
    public IndexMap TargetGroupType => Restrict(IndexMap.TargetGroupType, TargetGroups, Space.EdgeTypes);

    /// <summary>The edges of this set among those of both sides; of a set with both sides, among all edges.</summary>
    public IndexMap Edge => Inclusion(Space.Edges);

    /// <summary>The rows that belong to this set, among those of the set that it is a part of.</summary>
    /// <param name="whole">All edges, source groups, target groups, or nodes, of which it has its targets.</param>
    public IndexMap Inclusion(Space whole)
    {
        if (whole == Space.Nodes)
            return TargetType is null ? IndexMap.Identity(whole) : IndexMap.Inclusion(TargetType);
        return this == All ? IndexMap.Identity(whole) : IndexMap.Restriction(IndexMap.Identity(whole), Rows(whole), (OnTargets is null ? All : BothSides).Rows(whole), $"{Singular(whole)}{Suffix}");
    }

    /// <summary>The rows that belong to this set.</summary>
    /// <param name="whole">All edges, source groups, target groups, or nodes, of which it has its targets.</param>
    public Space Rows(Space whole) => whole == Space.Nodes ? Targets : this == All ? whole : Space.SubsetOf(whole, this, $"{whole}{Suffix}");

    /// <summary>A map of all edges, groups or nodes as one of those of this set.</summary>
    /// <param name="map">One of the maps above, of all edges, or the map from nodes to their types.</param>
    public IndexMap Of(IndexMap map) => map == IndexMap.EdgeSource || map == IndexMap.SourceGroupNode
        ? Restrict(map, Rows(map.From), map.To)
        : Restrict(map, Rows(map.From), map.To == Space.EdgeTypes || map.To == Space.NodeTypes ? map.To : Rows(map.To));

    /// <summary>The map from the groups of the other side to their types; null for other maps. No type has groups on both sides.</summary>
    /// <param name="types">A map from groups to types.</param>
    public static IndexMap? OtherTypes(IndexMap types) => Of(types.From) switch
    {
        { OnTargets: true } set when types == set.TargetGroupType => set.SourceSide.SourceGroupType,
        { OnTargets: false } set when types == set.SourceGroupType => set.TargetSide.TargetGroupType,
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => $"edges{Suffix}";

    private string Suffix => (TargetType is null ? "" : $"[{TargetType}]") + (OnTargets is null ? "" : OnTargets.Value ? ".t" : ".s");

    private static IndexMap Restrict(IndexMap map, Space from, Space to)
    {
        if (map.From == from && map.To == to)
            return map;
        string suffix = from.Subset?.Set.Suffix ?? $"[{from.NodeType}]", end = to.Subset?.Set.Suffix ?? "";
        int dot = map.Name.IndexOf('.', StringComparison.Ordinal);
        return IndexMap.Restriction(map, from, to, $"{map.Name[..dot]}{suffix}{map.Name[dot..]}{end}");
    }

    private static string Singular(Space rows) => rows.Name[..^1];
}
