using System.Collections.Concurrent;
using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>Computes the index tables of one topology, each once; several threads may ask at the same time.</summary>
/// <param name="topology">The topology.</param>
/// <param name="common">The tables of a topology that this one adds spaces to, and maps from or to these: what does not need them is the same table;
/// null for none.</param>
public sealed class IndexTables(Topology topology, IndexTables? common = null)
{
    private readonly ConcurrentDictionary<IndexTable, Lazy<int[]>> _tables = new();

    /// <summary>The numbers of a table.</summary>
    /// <param name="table">The recipe.</param>
    public int[] this[IndexTable table] => OwnerOf(table).Own(table);

    /// <summary>The topology.</summary>
    public Topology Topology => topology;

    /// <summary>The tables that a table is one of: those of the smallest topology that has all it needs.</summary>
    /// <param name="table">The recipe.</param>
    public IndexTables OwnerOf(IndexTable table) => common is not null && table.FollowsFrom(common.Topology) ? common.OwnerOf(table) : this;

    /// <summary>Forgets what was computed; what is asked for later is computed again.</summary>
    public void Release()
    {
        topology.Release();
        _tables.Clear();
    }

    /// <summary>The number of entries of a table; tables with an entry per row or item are not computed for it.</summary>
    /// <param name="table">The recipe.</param>
    public int LengthOf(IndexTable table) => table switch
    {
        IndexTable.Map m => topology.Count(m.Of.From),
        IndexTable.Items i => topology.Count(i.Of.From),
        IndexTable.Pointers p => topology.Count(p.Of.To) + 1,
        IndexTable.Degrees d => topology.Count(d.Of.To),
        IndexTable.Compose c => LengthOf(c.Inner),
        _ => this[table].Length,
    };

    private int[] Own(IndexTable table) => _tables.GetOrAdd(table, t => new Lazy<int[]>(() => Compute(t))).Value;

    private int[] Compute(IndexTable table) => table switch
    {
        IndexTable.Map m => topology.Indices(m.Of),
        IndexTable.Items i => topology.Inverse(i.Of).Items,
        IndexTable.Pointers p => topology.Inverse(p.Of).Pointers,
        IndexTable.Degrees d => Degrees(topology.Inverse(d.Of).Pointers),
        IndexTable.Compose c => Compose(this[c.Outer], this[c.Inner]),
        IndexTable.Shares s => Shares(s.Work, s.LeastRows > 1 ? Math.Clamp(topology.Count(s.Work.Rows) / s.LeastRows, 1, s.Workers) : s.Workers, s.Workers),
        IndexTable.FirstSegments f => FirstSegments(f),
        IndexTable.Splits s => Splits(s),
        IndexTable.Tiles t => Tiles(topology.Inverse(t.Of), t.TileRows),
        IndexTable.Sums s => TeamGroups.Of(s, this[s.Of], topology.Count(s.Of.Of.To)),
        IndexTable.Teams t => TeamGroups.Of(t, topology),
        _ => throw new ArgumentException($"The index table {table} has no recipe.", nameof(table)),
    };

    private static int[] Degrees(int[] pointers)
    {
        int[] degrees = new int[pointers.Length - 1];
        for (int i = 0; i < degrees.Length; i++)
            degrees[i] = Math.Max(1, pointers[i + 1] - pointers[i]);
        return degrees;
    }

    private static int[] Compose(int[] outer, int[] inner)
    {
        int[] result = new int[inner.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = outer[inner[i]];
        return result;
    }

    private int[] Shares(RowWork work, int busy, int workers)
    {
        int rows = topology.Count(work.Rows);
        int[]? order = work.Order is null || work.Order.IsSorted ? null : topology.Inverse(work.Order).Items;
        long[] prefix = new long[rows + 1];
        for (int i = 0; i < rows; i++)
            prefix[i + 1] = work.RowCost;
        foreach (ItemWork loop in work.Items)
        {
            int[] along = topology.Inverse(loop.Along).Pointers, items = loop.Then is null ? [] : topology.Inverse(loop.Along).Items;
            int[]? then = loop.Then is null ? null : topology.Inverse(loop.Then).Pointers;
            int cost = loop.From is null ? loop.Cost : loop.CostOf(topology.Count(loop.From));
            for (int i = 0; i < rows; i++)
            {
                int row = order is null ? i : order[i];
                long count = along[row + 1] - along[row];
                for (int p = along[row]; then is not null && p < along[row + 1]; p++)
                    count += then[items[p] + 1] - then[items[p]];
                prefix[i + 1] += count * cost;
            }
        }
        for (int i = 0; i < rows; i++)
            prefix[i + 1] += prefix[i];
        int[] bounds = new int[workers + 1];
        for (int w = 1; w < busy; w++)
        {
            long goal = prefix[rows] * w / busy;
            int found = Array.BinarySearch(prefix, goal);
            bounds[w] = Math.Clamp(found < 0 ? ~found : found, bounds[w - 1], rows);
        }
        Array.Fill(bounds, rows, busy, workers + 1 - busy);
        return bounds;
    }

    private int[] FirstSegments(IndexTable.FirstSegments table)
    {
        int[] bounds = this[table.Bounds], pointers = topology.Inverse(table.Of).Pointers;
        int[] first = new int[bounds.Length];
        for (int w = 0; w < bounds.Length; w++)
        {
            // The last segment that starts at or before the row: empty segments in front of it are passed over.
            int segment = Array.BinarySearch(pointers, bounds[w]);
            segment = segment < 0 ? ~segment - 1 : segment;
            while (segment + 1 < pointers.Length - 1 && pointers[segment + 1] <= bounds[w])
                segment++;
            first[w] = Math.Min(segment, pointers.Length - 2);
        }
        return first;
    }

    private int[] Splits(IndexTable.Splits table)
    {
        int[] bounds = this[table.Bounds], pointers = topology.Inverse(table.Of).Pointers;
        int[]? besides = table.Besides is null ? null : topology.Inverse(table.Besides).Pointers;
        int segments = pointers.Length - 1;
        List<int>[] slots = new List<int>[segments];
        for (int w = 0; w + 1 < bounds.Length; w++)
        {
            int first = bounds[w], end = bounds[w + 1];
            if (first == end)
                continue;
            for (int s = SegmentOf(pointers, first); s <= SegmentOf(pointers, end - 1); s++)
            {
                bool startsBefore = pointers[s] < first, endsAfter = pointers[s + 1] > end;
                if (pointers[s] < pointers[s + 1] && (startsBefore || endsAfter))
                    (slots[s] ??= []).Add((2 * w) + (startsBefore ? 0 : 1));
            }
        }
        List<int> head = [], tail = [];
        for (int s = 0; s < segments; s++)
        {
            head.AddRange([(3 * segments) + tail.Count, slots[s]?.Count ?? 0, pointers[s] == pointers[s + 1] && (besides is null || besides[s] == besides[s + 1]) ? 1 : 0]);
            tail.AddRange(slots[s] ?? []);
        }
        return [.. head, .. tail];
    }

    private static int SegmentOf(int[] pointers, int item)
    {
        int found = Array.BinarySearch(pointers, item);
        int segment = found < 0 ? ~found - 1 : found;
        while (pointers[segment + 1] <= item)
            segment++;
        return segment;
    }

    private static int[] Tiles(Csr csr, int tileRows)
    {
        List<int> tiles = [];
        for (int s = 0; s < csr.Rows; s++)
        {
            for (int first = csr.Pointers[s]; first < csr.Pointers[s + 1]; first += tileRows)
                tiles.AddRange([s, first, Math.Min(first + tileRows, csr.Pointers[s + 1])]);
        }
        return [.. tiles];
    }
}
