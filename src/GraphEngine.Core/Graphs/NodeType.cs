namespace GraphEngine.Graphs;

/// <summary>A kind of node.</summary>
/// <param name="Name">Unique within a schema; no control characters or ends of lines.</param>
/// <param name="Features">The width of its input features; 0 when it has none.</param>
/// <exception cref="ArgumentNullException">The name is null.</exception>
public sealed record NodeType(string Name, int Features = 0)
{
    /// <summary>Unique within a schema.</summary>
    public string Name { get; init; } = Name ?? throw new ArgumentNullException(nameof(Name));
}
