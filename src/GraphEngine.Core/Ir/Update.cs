namespace GraphEngine.Ir;

/// <summary>A new value of a parameter or state.</summary>
/// <param name="Target">The leaf.</param>
/// <param name="Value">Its value after the run.</param>
/// <exception cref="ArgumentNullException">The leaf or the value is null.</exception>
public sealed record Update(Node Target, Node Value)
{
    /// <summary>The leaf.</summary>
    public Node Target { get; init; } = Target ?? throw new ArgumentNullException(nameof(Target));

    /// <summary>Its value after the run.</summary>
    public Node Value { get; init; } = Value ?? throw new ArgumentNullException(nameof(Value));
}
