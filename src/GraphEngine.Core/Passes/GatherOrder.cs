using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// The order in which a kernel visits rows that each read one long row elsewhere: that of the rows they read. Groups sorted by type read the features
/// of a node once for every type, each time from memory; in the order of nodes they find them in the cache. For rows that have a number each, or that
/// are added up by type.
/// </summary>
internal static class GatherOrder
{
    // The numbers are stored here and there, a cache line each: shorter rows cost no more.
    private const int SmallestRow = 16;

    /// <summary>The map in whose order to visit rows of numbers; null for their own order.</summary>
    /// <param name="row">The loop over rows, in their own order.</param>
    /// <param name="stores">What is stored for each row.</param>
    public static IndexMap? Of(LoopVariable row, IReadOnlyList<Store> stores) => stores.Any(s => s.Value.Row.HeadSize != 1) ? null : Of(row, stores.Select(s => s.Value));

    /// <summary>The map in whose order to visit rows that are added up; null for their own order.</summary>
    /// <param name="row">The loop over rows, in their own order.</param>
    /// <param name="summand">What is added up.</param>
    public static IndexMap? Of(LoopVariable row, Expression summand) => Of(row, [summand]);

    private static IndexMap? Of(LoopVariable row, IEnumerable<Expression> values)
    {
        Expression[] parts = [.. values.SelectMany(v => v.Descendants())];
        RowIndex[] indices = [.. parts.OfType<Expression.Load>().Where(l => l.Row.Size >= SmallestRow && !l.Buffer.Type.Space.IsSmall).Select(l => l.Index).Distinct()];
        return !parts.Any(e => e is Expression.Reduce) && indices is [{ Table: IndexTable.Map { Of: { IsSorted: false } map } } index] && ReferenceEquals(index.Loop, row) ? map : null;
    }
}
