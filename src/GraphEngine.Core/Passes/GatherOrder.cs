using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// The order in which a traversal visits rows that have a number each, made from one long row elsewhere: that of the rows it reads. Groups sorted by type read the features
/// of a node once for every type, each time from memory; in the order of nodes they find them in the cache.
/// </summary>
internal static class GatherOrder
{
    // The numbers are stored here and there, a cache line each: shorter rows cost no more.
    private const int SmallestRow = 16;

    /// <summary>The map in whose order to visit rows; null for their own order.</summary>
    /// <param name="row">The loop over rows, in their own order.</param>
    /// <param name="stores">What is stored for each row.</param>
    public static IndexMap? Of(LoopVariable row, IReadOnlyList<Store> stores)
    {
        Expression[] parts = [.. stores.SelectMany(s => s.Value.Descendants())];
        if (stores.Any(s => s.Value.Row.HeadSize != 1) || parts.Any(e => e is Expression.Reduce))
            return null;
        RowIndex[] indices = [.. parts.OfType<Expression.Load>().Where(l => l.Row.Size >= SmallestRow && !l.Buffer.Type.Space.IsSmall).Select(l => l.Index).Distinct()];
        return indices is [{ Table: IndexTable.Map { Of: { IsSorted: false } map } } index] && ReferenceEquals(index.Loop, row) ? map : null;
    }
}
