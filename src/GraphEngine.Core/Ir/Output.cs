namespace GraphEngine.Ir;

/// <summary>A named result of a program.</summary>
/// <param name="Name">Unique within the program.</param>
/// <param name="Value">What it is.</param>
/// <exception cref="ArgumentNullException">The name or the value is null.</exception>
public sealed record Output(string Name, Node Value)
{
    /// <summary>Unique within the program.</summary>
    public string Name { get; init; } = Name ?? throw new ArgumentNullException(nameof(Name));

    /// <summary>What it is.</summary>
    public Node Value { get; init; } = Value ?? throw new ArgumentNullException(nameof(Value));
}
