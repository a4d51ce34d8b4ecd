using System.Numerics;
using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>
/// Decides how many lanes of a GPU share the items of a row. A lane that visits many items one after the other waits for memory each time, so that a
/// single hub would last longer than everything else; lanes without items are idle.
/// </summary>
internal static class TeamGroups
{
    // Numbers of several items that a lane adds itself: fewer would cost as much as the exchange between lanes does.
    private const int ItemsOfLane = 4;

    // Two neighbouring elements of four floats fill what memory moves at a time.
    private const int MostLanesOfSum = 128;

    // Rows of so many columns are read in whole cache lines by the work items of one lane.
    private const int WholeLines = 8;

    // A row gets a group of its own when a lane of the usual team would visit so many items.
    private const int MostItemsOfLane = 32;

    /// <summary>The groups, heavy rows first.</summary>
    /// <param name="table">The recipe.</param>
    /// <param name="topology">The graph.</param>
    public static int[] Of(IndexTable.Teams table, Topology topology)
    {
        int[] items = ItemsOf(table.Work, topology);
        int most = 1 << BitOperations.Log2((uint)(table.GroupSize / table.RowItems)), lanes = Usual(items, most, table), limit = lanes * MostItemsOfLane, rows = table.GroupSize / (table.RowItems * lanes);
        List<int> heavy = [], usual = [];
        int first = 0;
        for (int i = 0; i <= items.Length; i++)
        {
            bool isHeavy = i < items.Length && items[i] > limit && lanes < most;
            if (isHeavy)
                heavy.AddRange([i, i + 1, most]);
            if (first < i && (isHeavy || i == items.Length || i - first == rows))
            {
                usual.AddRange([first, i, lanes]);
                first = i;
            }
            if (isHeavy)
                first = i + 1;
        }
        return [.. heavy, .. usual];
    }

    /// <summary>The groups for partial sums, sum by sum.</summary>
    /// <param name="table">The recipe.</param>
    /// <param name="splits">Where the partial sums lie.</param>
    /// <param name="sums">The number of sums.</param>
    public static int[] Of(IndexTable.Sums table, int[] splits, int sums)
    {
        List<int> groups = [];
        for (int s = 0; s < sums; s++)
        {
            int slots = splits[(3 * s) + 1];
            if (slots == 0 && splits[(3 * s) + 2] == 0)
                continue;
            int lanes = 1;
            while (slots > ItemsOfLane * lanes && lanes < MostLanesOfSum && lanes < table.GroupSize)
                lanes *= 2;
            for (int first = 0; first < table.SumItems; first += table.GroupSize / lanes)
                groups.AddRange([s, first, lanes]);
        }
        return [.. groups];
    }

    /// <summary>The lanes of a row of the usual length: a power of two.</summary>
    private static int Usual(int[] items, int most, IndexTable.Teams table)
    {
        double mean = items.Sum(i => (long)i) / (double)Math.Max(1, items.Length);
        int lanes = 1;
        bool IsWorthwhile() => table.RowItems < WholeLines
            ? mean > ItemsOfLane * lanes
            : mean > 2 * lanes && (long)items.Length * table.RowItems * lanes < table.Resident;
        while (lanes < most && IsWorthwhile())
            lanes *= 2;
        return lanes;
    }

    private static int[] ItemsOf(RowWork work, Topology topology)
    {
        int[] items = new int[topology.Count(work.Rows)];
        foreach (ItemWork loop in work.Items)
        {
            int[] pointers = topology.Inverse(loop.Along).Pointers;
            for (int i = 0; i < items.Length; i++)
                items[i] += pointers[i + 1] - pointers[i];
        }
        return items;
    }
}
