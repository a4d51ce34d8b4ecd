namespace GraphEngine.Graphs;

/// <summary>The edges of one type in coordinate form, in insertion order. Indices are local to their node types.</summary>
/// <param name="Sources">Source node of each edge.</param>
/// <param name="Targets">Target node of each edge.</param>
/// <exception cref="ArgumentNullException">An array is null.</exception>
public sealed record EdgeList(int[] Sources, int[] Targets)
{
    /// <summary>Source node of each edge.</summary>
    public int[] Sources { get; init; } = Sources ?? throw new ArgumentNullException(nameof(Sources));

    /// <summary>Target node of each edge.</summary>
    public int[] Targets { get; init; } = Targets ?? throw new ArgumentNullException(nameof(Targets));

    /// <summary>An edge list without edges.</summary>
    public static EdgeList Empty { get; } = new([], []);

    /// <summary>The number of edges.</summary>
    public int Count => Sources.Length;

    /// <summary>The same edges in the opposite direction.</summary>
    public EdgeList Reverse() => new(Targets, Sources);
}
