namespace GraphEngine.Kernels;

/// <summary>The end of a row: where its value goes.</summary>
/// <param name="Target">The tensor written.</param>
/// <param name="Value">The value.</param>
/// <param name="At">The table that says which row of the target a row of the loop is stored to; null for the row of the same number.</param>
/// <param name="Adds">True to add to what is there, atomically, since several rows may do so at the same time.</param>
public sealed record Store(TensorBuffer Target, Expression Value, IndexTable? At = null, bool Adds = false)
{
    /// <summary>The row of the target, for a row of the loop.</summary>
    /// <param name="row">The row of the loop.</param>
    public RowIndex Row(RowIndex row) => At is null ? row : new RowIndex(row.Loop, At);
}
