namespace GraphEngine.Graphs;

/// <summary>A kind of edge: a relation from one node type to another.</summary>
/// <param name="Name">Unique within a schema; no control characters or ends of lines.</param>
/// <param name="Source">The node type its edges leave.</param>
/// <param name="Target">The node type its edges enter.</param>
/// <exception cref="ArgumentNullException">A name is null.</exception>
public sealed record EdgeType(string Name, string Source, string Target)
{
    /// <summary>Unique within a schema.</summary>
    public string Name { get; init; } = Name ?? throw new ArgumentNullException(nameof(Name));

    /// <summary>The node type its edges leave.</summary>
    public string Source { get; init; } = Source ?? throw new ArgumentNullException(nameof(Source));

    /// <summary>The node type its edges enter.</summary>
    public string Target { get; init; } = Target ?? throw new ArgumentNullException(nameof(Target));
}
