namespace GraphEngine.Ir;

/// <summary>
/// The shape of one row of a tensor: heads x rows x columns. A vector has one row, a scalar one column as well.
/// A width of 1 broadcasts, so a scalar and a vector of width 1 are the same thing.
/// </summary>
/// <param name="Heads">Independent copies, as in multi-head attention; at least 1.</param>
/// <param name="Rows">Matrix rows, at least 1; 1 for vectors and scalars.</param>
/// <param name="Columns">Vector width or matrix columns, at least 1; 1 for scalars.</param>
/// <exception cref="ArgumentOutOfRangeException">A part is less than 1.</exception>
public readonly record struct RowShape(int Heads, int Rows, int Columns)
{
    /// <summary>Independent copies, as in multi-head attention; at least 1.</summary>
    public int Heads { get; init => field = AtLeastOne(value, "heads", nameof(Heads)); } = AtLeastOne(Heads, "heads", nameof(Heads));

    /// <summary>Matrix rows, at least 1; 1 for vectors and scalars.</summary>
    public int Rows { get; init => field = AtLeastOne(value, "rows", nameof(Rows)); } = AtLeastOne(Rows, "rows", nameof(Rows));

    /// <summary>Vector width or matrix columns, at least 1; 1 for scalars.</summary>
    public int Columns { get; init => field = AtLeastOne(value, "columns", nameof(Columns)); } = AtLeastOne(Columns, "columns", nameof(Columns));

    /// <summary>One number.</summary>
    public static RowShape Scalar { get; } = new(1, 1, 1);

    /// <summary>A vector.</summary>
    /// <param name="columns">Its width.</param>
    public static RowShape Vector(int columns) => new(1, 1, columns);

    /// <summary>A matrix.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    public static RowShape Matrix(int rows, int columns) => new(1, rows, columns);

    /// <summary>The number of elements.</summary>
    public int Size => Heads * Rows * Columns;

    /// <summary>The elements of one head: matrix rows laid end to end.</summary>
    public int HeadSize => Rows * Columns;

    /// <summary>True when there is one matrix row, so that a row is one vector per head.</summary>
    public bool IsVector => Rows == 1;

    /// <summary>The common shape of two operands, or null when a dimension differs and neither is 1.</summary>
    /// <param name="other">The other operand's shape.</param>
    public RowShape? Broadcast(RowShape other) =>
        Fit(Heads, other.Heads) is int h && Fit(Rows, other.Rows) is int r && Fit(Columns, other.Columns) is int c ? new RowShape(h, r, c) : null;

    /// <inheritdoc/>
    public override string ToString() => Heads == 1
        ? Rows == 1 ? $"{Columns}" : $"{Rows}x{Columns}"
        : Rows == 1 ? $"{Heads}h*{Columns}" : $"{Heads}h*{Rows}x{Columns}";

    private static int AtLeastOne(int count, string what, string parameter) => count >= 1
        ? count
        : throw new ArgumentOutOfRangeException(parameter, $"A row cannot have {count} {what}; it needs at least 1.");

    private static int? Fit(int a, int b) => a == b || b == 1 ? a : a == 1 ? b : null;
}
