using GraphEngine.Spaces;

namespace GraphEngine.Ir;

/// <summary>The type of a value: the space its rows belong to and the shape of one row. All elements are 32-bit floats.</summary>
/// <param name="Space">The rows.</param>
/// <param name="Row">The shape of one row.</param>
public sealed record TensorType(Space Space, RowShape Row)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Space}[{Row}]";
}
