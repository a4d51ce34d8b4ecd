namespace GraphEngine.Graphs;

/// <summary>Dense input features of one node type.</summary>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Values">Row-major, rows x <paramref name="Width"/>.</param>
public sealed record FeatureMatrix(int Width, float[] Values)
{
    /// <summary>The number of rows.</summary>
    public int Rows => Values.Length / Width;
}
