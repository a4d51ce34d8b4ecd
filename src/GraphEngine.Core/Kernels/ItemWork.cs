using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>The items that each row of a kernel visits in one of its loops.</summary>
/// <param name="Along">A map into the space of the rows whose items are visited.</param>
/// <param name="Then">A map into the source space of <paramref name="Along"/> whose items each item visits; null when loops are one deep.</param>
/// <param name="Cost">Work of an item.</param>
/// <param name="From">The space that an item takes its long row from; null when it takes none.</param>
/// <param name="Fetch">The part of the cost that is waiting for that row, unless all rows of the space lie in a cache.</param>
/// <param name="RowFloats">The numbers of such a row.</param>
public sealed record ItemWork(IndexMap Along, IndexMap? Then, int Cost, Space? From = null, int Fetch = 0, int RowFloats = 0)
{
    // Rows of up to eight megabytes stay in the last caches while a loop goes through them.
    private const long CachedFloats = 2 * 1024 * 1024;

    /// <summary>Work of an item on a graph.</summary>
    /// <param name="rows">How many rows there are to take one from.</param>
    public int CostOf(int rows) => (long)rows * RowFloats <= CachedFloats ? Cost - Fetch : Cost;
}
