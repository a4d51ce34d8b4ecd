namespace GraphEngine.Spaces;

/// <summary>
/// A set of edges with the groups, nodes and maps that belong to it: all edges of a graph, or all that lead to some nodes; and of each of these the
/// edges whose typed products are made on one side. With an edge it has all edges of its target group, so that what is summed or normalised at
/// targets is whole and what holds of the maps of all edges holds of its own.
/// </summary>
public sealed record EdgeSet
{
    private EdgeSet()
    {
    }

    /// <summary>All edges.</summary>
    public static EdgeSet All { get; } = new();

    /// <summary>The edges that lead to some nodes.</summary>
    /// <param name="targets">The nodes.</param>
    /// <param name="sources">Nodes among which all sources of these edges are.</param>
    public static EdgeSet Into(Space targets, Space sources) => new() { Targets = targets, Sources = sources };

    /// <summary>The set that a space of edges or groups belongs to; null for other spaces.</summary>
    /// <param name="space">The space.</param>
    public static EdgeSet? Of(Space space) => space.Subset?.Set ?? (space == Space.Edges || space == Space.SourceGroups || space == Space.TargetGroups ? All : null);

    /// <summary>The nodes that these edges lead to; some of them may have no edge.</summary>
    public Space Targets { get; private init; } = Space.Nodes;

    /// <summary>Nodes that these edges come from, and perhaps others.</summary>
    public Space Sources { get; private init; } = Space.Nodes;

    /// <summary>Which relations have which side, for a set that has only those of one; null for other sets.</summary>
    public RelationSides? Sides { get; private init; }

    /// <summary>True for a set that has only relations whose products are made on target groups.</summary>
    public bool IsTargetSide { get; private init; }

    /// <summary>The edges of this set whose typed products are made on target groups, after the sum.</summary>
    /// <param name="sides">The side of each relation.</param>
    public EdgeSet TargetSide(RelationSides sides) => this with { Sides = sides, IsTargetSide = true };

    /// <summary>The edges of this set whose typed products are made on source groups, before the sum.</summary>
    /// <param name="sides">The side of each relation.</param>
    public EdgeSet SourceSide(RelationSides sides) => this with { Sides = sides, IsTargetSide = false };

    /// <summary>The set that this one is a side of; of a set with both sides, itself.</summary>
    public EdgeSet BothSides => this with { Sides = null, IsTargetSide = false };

    /// <summary>The edges that are in <see cref="BothSides"/> and not in this set, which is one side.</summary>
    public EdgeSet OtherSide => this with { IsTargetSide = !IsTargetSide };

    /// <summary>The edges, in the order of all edges.</summary>
    public Space Edges => Rows(Space.Edges);

    /// <summary>The (edge type, source) groups.</summary>
    public Space SourceGroups => Rows(Space.SourceGroups);

    /// <summary>The (edge type, target) groups.</summary>
    public Space TargetGroups => Rows(Space.TargetGroups);

    /// <summary>Edge to its source node.</summary>
    public IndexMap Source => Of(IndexMap.EdgeSource)!;

    /// <summary>Edge to its target node.</summary>
    public IndexMap Target => Of(IndexMap.EdgeTarget)!;

    /// <summary>Edge to its edge type.</summary>
    public IndexMap Type => Of(IndexMap.EdgeType)!;

    /// <summary>Edge to its source group.</summary>
    public IndexMap SourceGroup => Of(IndexMap.EdgeSourceGroup)!;

    /// <summary>Edge to its target group.</summary>
    public IndexMap TargetGroup => Of(IndexMap.EdgeTargetGroup)!;

    /// <summary>Edge to its target group among those of both sides.</summary>
    public IndexMap TargetGroupOfBoth => Restrict(IndexMap.EdgeTargetGroup, Edges, BothSides.TargetGroups);

    /// <summary>Source group to its node.</summary>
    public IndexMap SourceGroupNode => Of(IndexMap.SourceGroupNode)!;

    /// <summary>Source group to its edge type.</summary>
    public IndexMap SourceGroupType => Of(IndexMap.SourceGroupType)!;

    /// <summary>Target group to its node.</summary>
    public IndexMap TargetGroupNode => Of(IndexMap.TargetGroupNode)!;

    /// <summary>Target group to its edge type.</summary>
    public IndexMap TargetGroupType => Of(IndexMap.TargetGroupType)!;

    /// <summary>The edges of this side among those of both sides.</summary>
    public IndexMap Edge => IndexMap.Inclusion(Edges, BothSides.Edges);

    /// <summary>The target groups of this side among those of both sides.</summary>
    public IndexMap TargetGroupInBoth => IndexMap.Inclusion(TargetGroups, BothSides.TargetGroups);

    /// <summary>The rows that belong to this set.</summary>
    /// <param name="whole">All edges, source groups, target groups, or nodes, all or those of a type, of which it has its targets.</param>
    public Space Rows(Space whole) => whole == Space.Nodes ? Targets : whole.NodeType is string type ? Space.OfType(Targets, type) : this == All ? whole : Space.SubsetOf(whole, this, $"{whole}{Suffix}");

    /// <summary>A map of all edges, groups or nodes as one of those of this set; null when it is none that can be.</summary>
    /// <param name="map">A map of all edges, groups or nodes.</param>
    public IndexMap? Of(IndexMap map)
    {
        Space from = Rows(map.From);
        return map.To == Space.One ? IndexMap.ToOne(from)
            : map.IsInclusion ? IndexMap.Inclusion(from, Targets)
            : LeadsToSources(map) ? Restrict(map, from, Sources)
            : LeadsOut(map) ? Restrict(map, from, map.To)
            : LeadsToTargets(map) || map == IndexMap.EdgeSourceGroup ? Restrict(map, from, Rows(map.To))
            : null;
    }

    /// <summary>
    /// True for maps of all edges and groups whose target rows are whole in a set: all that is sent to one belongs to the set where one of it does.
    /// </summary>
    internal static bool LeadsToTargets(IndexMap map) => map == IndexMap.EdgeTarget || map == IndexMap.EdgeTargetGroup || map == IndexMap.TargetGroupNode;

    /// <summary>True for maps of all edges and groups to the nodes at their sources.</summary>
    internal static bool LeadsToSources(IndexMap map) => map == IndexMap.EdgeSource || map == IndexMap.SourceGroupNode;

    /// <summary>True for maps of all edges, groups and nodes to rows that no set has some of: types, and groups of both ends.</summary>
    internal static bool LeadsOut(IndexMap map) =>
        map == IndexMap.EdgeType || map == IndexMap.SourceGroupType || map == IndexMap.TargetGroupType || map == IndexMap.NodeType || map == IndexMap.SourceGroupEnd || map == IndexMap.TargetGroupEnd;

    /// <summary>The map from the groups of the other side to their types; null for other maps. No type has groups on both sides.</summary>
    /// <param name="types">A map from groups to types.</param>
    public static IndexMap? OtherTypes(IndexMap types) => Of(types.From) switch
    {
        { Sides: not null, IsTargetSide: true } set when types == set.TargetGroupType => set.OtherSide.SourceGroupType,
        { Sides: not null, IsTargetSide: false } set when types == set.SourceGroupType => set.OtherSide.TargetGroupType,
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => $"edges{Suffix}";

    private string Suffix => (Targets == Space.Nodes ? "" : NameOf(Targets)) + (Sides is null ? "" : IsTargetSide ? ".t" : ".s");

    private static string NameOf(Space nodes) => $"[{nodes.Name[(nameof(Space.Nodes).Length + 1)..]}]";

    private static IndexMap Restrict(IndexMap map, Space from, Space to)
    {
        if (map.From == from && map.To == to)
            return map;
        string some = from.Subset?.Set.Suffix ?? NameOf(from), end = to.Subset?.Set.Suffix ?? "";
        int dot = map.Name.IndexOf('.', StringComparison.Ordinal);
        return IndexMap.Restriction(map, from, to, $"{map.Name[..dot]}{some}{map.Name[dot..]}{end}");
    }
}
