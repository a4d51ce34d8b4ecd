namespace GraphEngine.Spaces;

/// <summary>
/// A named function that sends each row of one space to a row of another. The indices themselves belong to a <see cref="Topology"/>.
/// </summary>
/// <param name="Name">The stable name used in printed programs.</param>
/// <param name="From">The space whose rows are sent.</param>
/// <param name="To">The space they arrive in.</param>
/// <param name="IsSorted">True when the indices never decrease, whatever the graph: the inverse then needs no list of rows.</param>
public sealed record IndexMap(string Name, Space From, Space To, bool IsSorted = false)
{
    /// <summary>Both spaces.</summary>
    public IReadOnlyList<Space> Ends => [From, To];

    /// <summary>Edge to its source node.</summary>
    public static IndexMap EdgeSource { get; } = new("edge.source", Space.Edges, Space.Nodes);

    /// <summary>Edge to its target node. Monotonic: edges are sorted by target.</summary>
    public static IndexMap EdgeTarget { get; } = new("edge.target", Space.Edges, Space.Nodes, IsSorted: true);

    /// <summary>Edge to its edge type.</summary>
    public static IndexMap EdgeType { get; } = new("edge.type", Space.Edges, Space.EdgeTypes);

    /// <summary>Edge to its (edge type, source) group.</summary>
    public static IndexMap EdgeSourceGroup { get; } = new("edge.sgroup", Space.Edges, Space.SourceGroups);

    /// <summary>Edge to its (edge type, target) group.</summary>
    public static IndexMap EdgeTargetGroup { get; } = new("edge.tgroup", Space.Edges, Space.TargetGroups);

    /// <summary>Source group to its node.</summary>
    public static IndexMap SourceGroupNode { get; } = new("sgroup.node", Space.SourceGroups, Space.Nodes);

    /// <summary>Source group to its edge type. Monotonic.</summary>
    public static IndexMap SourceGroupType { get; } = new("sgroup.type", Space.SourceGroups, Space.EdgeTypes, IsSorted: true);

    /// <summary>Target group to its node.</summary>
    public static IndexMap TargetGroupNode { get; } = new("tgroup.node", Space.TargetGroups, Space.Nodes);

    /// <summary>Target group to its edge type. Monotonic.</summary>
    public static IndexMap TargetGroupType { get; } = new("tgroup.type", Space.TargetGroups, Space.EdgeTypes, IsSorted: true);

    /// <summary>Source group to the end group of the same edge type and node. Monotonic.</summary>
    public static IndexMap SourceGroupEnd { get; } = new("sgroup.end", Space.SourceGroups, Space.EndGroups, IsSorted: true);

    /// <summary>Target group to the end group of the same edge type and node. Monotonic.</summary>
    public static IndexMap TargetGroupEnd { get; } = new("tgroup.end", Space.TargetGroups, Space.EndGroups, IsSorted: true);

    /// <summary>Node to its node type. Monotonic.</summary>
    public static IndexMap NodeType { get; } = new("node.type", Space.Nodes, Space.NodeTypes, IsSorted: true);

    /// <summary>The map that sends every row of a space to the single row of <see cref="Space.One"/>.</summary>
    /// <param name="from">The space.</param>
    public static IndexMap ToOne(Space from) => new($"{from.Name}.one", from, Space.One, IsSorted: true);

    /// <summary>The inclusion of one type's nodes in all nodes.</summary>
    /// <param name="nodeType">The node type's name.</param>
    public static IndexMap Inclusion(string nodeType) => Inclusion(Space.NodesOf(nodeType), Space.Nodes);

    /// <summary>The inclusion of some rows in more rows of the same space.</summary>
    /// <param name="rows">Nodes, or the rows of a set of edges.</param>
    /// <param name="more">All rows, or more of them.</param>
    /// <exception cref="ArgumentNullException">A space is null.</exception>
    /// <exception cref="ArgumentException">The spaces do not have rows of the same kind, or rows of which no space has some.</exception>
    public static IndexMap Inclusion(Space rows, Space more)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(more);
        if (rows == more)
            return Identity(rows);
        Space whole = rows.Subset?.Whole ?? Space.Nodes;
        if (rows == whole || !rows.IsSomeOf(whole) || !(more == whole || more.IsSomeOf(whole)))
            throw new ArgumentException($"The rows of '{rows}' are not some of those of '{more}'; name some nodes, or the edges or groups of a set of edges, and more of the same.", nameof(rows));
        string one = whole.Name[..^1] + rows.Name[whole.Name.Length..];
        return more == whole ? Restriction(Identity(whole), rows, whole, one) : Restriction(Identity(whole), rows, more, $"{one}>{more.Name[whole.Name.Length..]}");
    }

    /// <summary>Edge type to the type of its source nodes.</summary>
    public static IndexMap EdgeTypeSource { get; } = new("etype.source", Space.EdgeTypes, Space.NodeTypes);

    /// <summary>Edge type to the type of its target nodes.</summary>
    public static IndexMap EdgeTypeTarget { get; } = new("etype.target", Space.EdgeTypes, Space.NodeTypes);

    /// <summary>
    /// A map between the parts of rows: rows of <paramref name="map"/>'s target space are cut in <paramref name="parts"/> parts, those of its source
    /// space in as many times <paramref name="pieces"/>; piece i of row a is sent to part i / pieces of row m(a).
    /// </summary>
    /// <param name="map">The map m between whole rows.</param>
    /// <param name="parts">Parts of a target row.</param>
    /// <param name="pieces">Pieces that are sent to one part.</param>
    public static IndexMap OfParts(IndexMap map, int parts, int pieces = 1)
    {
        (Space from, Space to) = (Space.PartsOf(map.From, parts * pieces), Space.PartsOf(map.To, parts));
        return to == Space.One ? ToOne(from)
            : pieces == 1 && parts == 1 ? map
            : pieces == 1 && map.IsIdentity ? Identity(from)
            : new IndexMap($"{map}*{parts}/{pieces}", from, to, map.IsSorted && (parts == 1 || map.IsIdentity)) { Whole = (map, parts, pieces) };
    }

    /// <summary>A map between some rows of the two spaces of another one.</summary>
    /// <param name="map">The other map.</param>
    /// <param name="from">Rows of its source space.</param>
    /// <param name="to">Rows of its target space; all of the former are sent to one of them.</param>
    /// <param name="name">The name of the restricted map.</param>
    internal static IndexMap Restriction(IndexMap map, Space from, Space to, string name) => new(name, from, to, map.IsSorted) { Restricts = map };

    /// <summary>The map that this one is a restriction of; null for other maps.</summary>
    public IndexMap? Restricts { get; private init; }

    /// <summary>True for a map and for its restrictions to the rows that belong to some edges.</summary>
    /// <param name="whole">A map of all edges, groups or nodes.</param>
    public bool Is(IndexMap whole) => this == whole || Restricts == whole;

    /// <summary>
    /// The map between whole rows that a map of parts follows, the parts of a target row, and the pieces that go to each; null for other maps.
    /// </summary>
    public (IndexMap Map, int Parts, int Pieces)? Whole { get; private init; }

    /// <summary>What this map is in a balanced reduction; null for other maps.</summary>
    public TreePart? Tree { get; internal init; }

    /// <summary>The pieces that this map leads to or from; null for other maps.</summary>
    public RowPieces? Pieces { get; internal init; }

    /// <summary>True for the inclusion of nodes of one type in all nodes, or in some of several types.</summary>
    public bool IsInclusion => From.NodeType is not null && To.NodeType is null && Restricts == Identity(Space.Nodes);

    /// <summary>The map that sends every row of a space to itself.</summary>
    /// <param name="space">The space.</param>
    public static IndexMap Identity(Space space) => new($"{space.Name}.self", space, space, IsSorted: true);

    /// <summary>True for the map that sends every row to itself.</summary>
    public bool IsIdentity => this == Identity(From);

    /// <summary>
    /// Pairs of maps that compose to this one in every graph, the first applied first: an edge's target is the node of its target group.
    /// Passes use them to move work from edges to groups.
    /// </summary>
    public IReadOnlyList<(IndexMap First, IndexMap Second)> Factorizations => MapAlgebra.Factorizations(this);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
