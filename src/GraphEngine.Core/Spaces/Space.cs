namespace GraphEngine.Spaces;

/// <summary>A set of rows that tensors live on: nodes, edges, groups of edges, types.</summary>
/// <param name="Name">The stable name used in printed programs.</param>
public sealed record Space(string Name)
{
    /// <summary>All nodes, sorted by node type.</summary>
    public static Space Nodes { get; } = new("nodes");

    /// <summary>All edges, sorted by (target node, edge type, source node).</summary>
    public static Space Edges { get; } = new("edges");

    /// <summary>Unique (edge type, source node) pairs, sorted by edge type then node.</summary>
    public static Space SourceGroups { get; } = new("sgroups");

    /// <summary>Unique (edge type, target node) pairs, sorted by edge type then node.</summary>
    public static Space TargetGroups { get; } = new("tgroups");

    /// <summary>
    /// Unique (edge type, node) pairs of nodes at either end of an edge, sorted by edge type then node: the source groups and the target groups,
    /// those of one node and type as one.
    /// </summary>
    public static Space EndGroups { get; } = new("egroups");

    /// <summary>One row per node type.</summary>
    public static Space NodeTypes { get; } = new("ntypes");

    /// <summary>One row per edge type.</summary>
    public static Space EdgeTypes { get; } = new("etypes");

    /// <summary>A single row: shared weights, losses, constants.</summary>
    public static Space One { get; } = new("one");

    /// <summary>The nodes of one type: a contiguous part of <see cref="Nodes"/>.</summary>
    /// <param name="nodeType">The node type's name.</param>
    public static Space NodesOf(string nodeType) => new($"nodes.{nodeType}") { NodeType = nodeType };

    /// <summary>Some of the nodes of one type; a topology says which.</summary>
    /// <param name="nodeType">The node type's name.</param>
    /// <param name="name">What these nodes have in common.</param>
    public static Space SomeOf(string nodeType, string name) => new($"nodes.{nodeType}.{name}") { NodeType = nodeType };

    /// <summary>Some nodes, and all that edges into them come from: what a layer of messages reads.</summary>
    /// <param name="nodes">The nodes.</param>
    public static Space Around(Space nodes) => new($"{nodes}+") { Centre = nodes };

    /// <summary>Those of some nodes that have one type.</summary>
    /// <param name="nodes">All nodes, or some of several types.</param>
    /// <param name="nodeType">The node type's name.</param>
    public static Space OfType(Space nodes, string nodeType) => nodes == Nodes ? NodesOf(nodeType) : new($"{nodes}:{nodeType}") { NodeType = nodeType, Among = nodes };

    /// <summary>A space of a fixed number of rows that no graph decides, such as the bases of a decomposition.</summary>
    /// <param name="name">What the rows are.</param>
    /// <param name="count">How many there are; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static Space Fixed(string name, int count) => count >= 0
        ? new($"{name}#{count}") { FixedCount = count }
        : throw new ArgumentOutOfRangeException(nameof(count), $"The space '{name}' cannot have {count} rows; give a number that is not negative.");

    /// <summary>The rows of a space cut in equal parts, in order: the rows of its matrices, the matrices of its heads.</summary>
    /// <param name="space">The space.</param>
    /// <param name="parts">Parts of each row.</param>
    public static Space PartsOf(Space space, int parts) =>
        parts == 1 ? space : space.Parts is var (whole, known) ? PartsOf(whole, known * parts) : new($"{space}*{parts}") { Parts = (space, parts) };

    /// <summary>What this space's rows are parts of, and how many there are in each; null when they are whole.</summary>
    public (Space Whole, int Count)? Parts { get; private init; }

    /// <summary>Some rows of a space: the edges or groups of a set of edges.</summary>
    /// <param name="whole">The space.</param>
    /// <param name="set">The set of edges.</param>
    /// <param name="name">The name of the rows.</param>
    internal static Space SubsetOf(Space whole, EdgeSet set, string name) => new(name) { Subset = (whole, set) };

    /// <summary>What this space has some rows of, and the set of edges whose rows these are; null when it is no such space.</summary>
    public (Space Whole, EdgeSet Set)? Subset { get; private init; }

    /// <summary>True for a space and for the rows of it that belong to some edges.</summary>
    /// <param name="whole">All edges, all source groups or all target groups.</param>
    public bool Is(Space whole) => this == whole || Subset?.Whole == whole;

    /// <summary>The number of rows of a space that no graph decides; null for other spaces.</summary>
    public int? FixedCount { get; private init; }

    /// <summary>The node type whose nodes these are, all or some; null for other spaces.</summary>
    public string? NodeType { get; private init; }

    /// <summary>The nodes that this space has, with all that edges into them come from; null for other spaces.</summary>
    public Space? Centre { get; private init; }

    /// <summary>The nodes of which this space has those of one type; null for other spaces.</summary>
    public Space? Among { get; private init; }

    /// <summary>True for some rows of a space: of nodes, or of edges or groups.</summary>
    /// <param name="whole">All nodes, edges, source groups or target groups.</param>
    internal bool IsSomeOf(Space whole) => whole == Nodes ? NodeType is not null || Centre is not null : Subset?.Whole == whole;

    /// <summary>True for types, parts of weights and single rows: the size of a graph does not decide how many there are.</summary>
    public bool IsSmall => Parts is { } parts ? parts.Whole.IsSmall : this == One || this == NodeTypes || this == EdgeTypes || FixedCount is not null;

    /// <summary>What this space is in a balanced reduction; null for other spaces.</summary>
    public TreePart? Tree { get; internal init; }

    /// <summary>What this space holds the pieces of; null for other spaces.</summary>
    public RowPieces? Pieces { get; internal init; }

    /// <summary>The spaces that a topology makes this one's rows from; none where it has to be told the rows.</summary>
    internal IReadOnlyList<Space> MadeFrom =>
        Parts is { } parts ? [parts.Whole]
        : Subset is { } subset ? [subset.Whole, subset.Set.Targets, subset.Set.Sources]
        : Centre is { } centre ? [centre]
        : Among is { } among ? [among, NodesOf(NodeType!)]
        : Tree is { } tree ? tree.Groups.Ends
        : Pieces is { } pieces ? pieces.Map.Ends
        : this == EndGroups ? [SourceGroups, TargetGroups]
        : [];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
