using GraphEngine.Ir;

namespace GraphEngine.Kernels;

/// <summary>A tensor in device memory. Compared by reference.</summary>
/// <param name="name">Its name in dumps; the leaf's name where it holds one.</param>
/// <param name="type">Its type.</param>
/// <param name="isPersistent">True when it outlives a run: inputs, parameters, states.</param>
/// <param name="fixedRows">A row count that no space gives, for partial sums; 0 to take the space's.</param>
public sealed class TensorBuffer(string name, TensorType type, bool isPersistent, int fixedRows = 0)
{
    /// <summary>Its name in dumps; the leaf's name where it holds one.</summary>
    public string Name { get; } = name;

    /// <summary>Its type.</summary>
    public TensorType Type { get; } = type;

    /// <summary>True when it outlives a run.</summary>
    public bool IsPersistent { get; } = isPersistent;

    /// <summary>A row count that no space gives; 0 to take the space's.</summary>
    public int FixedRows { get; } = fixedRows;

    /// <summary>What is kept of it, when nothing outside of a <see cref="FusedLoop"/> touches it; null when all of it is.</summary>
    public TensorWindow? Window { get; internal set; }

    /// <summary>True when it is read in later launches than it is written in.</summary>
    public bool IsStreamed { get; internal set; }

    /// <summary>The number of rows in memory.</summary>
    /// <param name="spaceRows">The rows of its space.</param>
    public int RowsIn(int spaceRows) => Window is { } window ? window.Rows * window.Workers : FixedRows > 0 ? FixedRows : spaceRows;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
