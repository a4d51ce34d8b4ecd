using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>
/// An array of integers that kernels read, as a recipe over the maps of a topology. Compositions are computed once per graph,
/// so that a kernel never follows more than one index to reach a row.
/// </summary>
public abstract record IndexTable
{
    private IndexTable()
    {
    }

    /// <summary>The table in a few words, for the comments of generated text.</summary>
    public string Describe() => this switch
    {
        Map m => m.Of.Name,
        Items i => $"items of {i.Of.Name}",
        Pointers p => $"pointers of {p.Of.Name}",
        Degrees d => $"degrees of {d.Of.Name}",
        Compose c => $"{c.Outer.Describe()} at {c.Inner.Describe()}",
        Shares s => $"shares of {s.Work.Rows}",
        FirstSegments f => $"first {f.Of.Name} of each share",
        Splits s => $"partial sums of {s.Of.Name}",
        Tiles t => $"tiles of {t.TileRows} rows by {t.Of.Name}",
        Sums s => $"groups for the partial sums of {s.Of.Of.Name}",
        Teams t => $"teams for the rows of {t.Work.Rows}",
        _ => ToString(),
    };

    /// <summary>True when a topology has all that this table is made from.</summary>
    /// <param name="topology">The topology.</param>
    public bool FollowsFrom(Topology topology) => this switch
    {
        Map m => topology.Has(m.Of),
        Items i => topology.Has(i.Of),
        Pointers p => topology.Has(p.Of),
        Degrees d => topology.Has(d.Of),
        Compose c => c.Outer.FollowsFrom(topology) && c.Inner.FollowsFrom(topology),
        Shares s => s.Work.FollowsFrom(topology),
        FirstSegments f => topology.Has(f.Of) && f.Bounds.FollowsFrom(topology),
        Splits s => topology.Has(s.Of) && s.Bounds.FollowsFrom(topology) && (s.Besides is null || topology.Has(s.Besides)),
        Tiles t => topology.Has(t.Of),
        Sums s => s.Of.FollowsFrom(topology),
        Teams t => t.Work.FollowsFrom(topology),
        _ => throw new ArgumentException($"The index table {this} has no recipe."),
    };

    /// <summary>The indices of a map.</summary>
    /// <param name="Of">The map.</param>
    public sealed record Map(IndexMap Of) : IndexTable;

    /// <summary>The rows of a map's source space, grouped by target row.</summary>
    /// <param name="Of">The map.</param>
    public sealed record Items(IndexMap Of) : IndexTable;

    /// <summary>The offsets of the groups of <see cref="Items"/>.</summary>
    /// <param name="Of">The map.</param>
    public sealed record Pointers(IndexMap Of) : IndexTable;

    /// <summary>
    /// The number of items of each group, at least 1. Read along edges it is one number per edge; two pointers would be anywhere in memory.
    /// </summary>
    /// <param name="Of">The map.</param>
    public sealed record Degrees(IndexMap Of) : IndexTable;

    /// <summary>outer[inner[i]]</summary>
    /// <param name="Outer">The table read last.</param>
    /// <param name="Inner">The table read first.</param>
    public sealed record Compose(IndexTable Outer, IndexTable Inner) : IndexTable;

    /// <summary>Row bounds of equal work for a number of workers: one more entry than there are workers.</summary>
    /// <param name="Work">The work of each row.</param>
    /// <param name="Workers">The number of workers.</param>
    /// <param name="LeastRows">How many rows are worth a worker: where there are too few rows, the last workers get none.</param>
    public sealed record Shares(RowWork Work, int Workers, int LeastRows = 1) : IndexTable;

    /// <summary>For each share of <see cref="Shares"/>, the row of the map's target space that its first row is sent to.</summary>
    /// <param name="Of">A map whose items are shared out in order.</param>
    /// <param name="Bounds">The shares.</param>
    public sealed record FirstSegments(IndexMap Of, Shares Bounds) : IndexTable;

    /// <summary>
    /// Which partial sums belong to each row of the map's target space, when the items of the map are dealt out in shares and every
    /// share writes rows it does not own alone to slots 2 * share (first row) or 2 * share + 1 (last row). Per row three numbers: first slot index in
    /// the tail of the table, number of slots, and 1 where the row has no items and must be zeroed. The tail lists the slots.
    /// </summary>
    /// <param name="Of">The map.</param>
    /// <param name="Bounds">The shares.</param>
    /// <param name="Besides">A second map into the same space: rows that have items of it are not zeroed. Null when there is none.</param>
    public sealed record Splits(IndexMap Of, Shares Bounds, IndexMap? Besides = null) : IndexTable;

    /// <summary>Tiles of consecutive items that never cross a row of the map's target space: (segment, first, end) each.</summary>
    /// <param name="Of">The map.</param>
    /// <param name="TileRows">The most items of a tile.</param>
    public sealed record Tiles(IndexMap Of, int TileRows) : IndexTable;

    /// <summary>
    /// Groups of work items for rows that visit items, (first row, end, lanes) each: that many lanes share the items of each of the rows. All rows of
    /// a group have as many items as a few of its lanes can visit; a row with many more has a group of its own, and such groups come first.
    /// </summary>
    /// <param name="Work">The rows and their loops.</param>
    /// <param name="RowItems">The work items that a row takes for each lane: its columns, where each computes one or four.</param>
    /// <param name="GroupSize">The work items of a group.</param>
    /// <param name="Resident">The work items that the device runs at once.</param>
    public sealed record Teams(RowWork Work, int RowItems, int GroupSize, int Resident) : IndexTable;

    /// <summary>
    /// Groups of work items for sums whose partial sums a few lanes add, (sum, first element, lanes) each; sums that one share has written in full
    /// have none.
    /// </summary>
    /// <param name="Of">The partial sums.</param>
    /// <param name="SumItems">The elements of a sum, one or four floats each.</param>
    /// <param name="GroupSize">The work items of a group.</param>
    public sealed record Sums(Splits Of, int SumItems, int GroupSize) : IndexTable;
}
