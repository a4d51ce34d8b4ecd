namespace GraphEngine.Ir;

/// <summary>A new value of a parameter or state.</summary>
/// <param name="Target">The leaf.</param>
/// <param name="Value">Its value after the run.</param>
public sealed record Update(Node Target, Node Value);
