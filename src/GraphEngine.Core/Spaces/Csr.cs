namespace GraphEngine.Spaces;

/// <summary>The inverse of an index map: for each row of the target space, the rows that are sent to it, in ascending order.</summary>
public sealed class Csr
{
    private Csr(int[] pointers, int[] items, bool isContiguous)
    {
        Pointers = pointers;
        Items = items;
        IsContiguous = isContiguous;
    }

    /// <summary>Offsets into <see cref="Items"/>, one more than there are rows; non-decreasing, from 0 to the number of items.</summary>
    public int[] Pointers { get; }

    /// <summary>The source rows, grouped by target row.</summary>
    public int[] Items { get; }

    /// <summary>True when <see cref="Items"/> is 0, 1, 2, …: the map was already sorted, and a kernel need not read it.</summary>
    public bool IsContiguous { get; }

    /// <summary>The number of rows of the target space.</summary>
    public int Rows => Pointers.Length - 1;

    /// <summary>Inverts a map by a stable counting sort.</summary>
    /// <param name="map">For each source row, its target row, in [0, <paramref name="rows"/>).</param>
    /// <param name="rows">The number of target rows.</param>
    /// <exception cref="ArgumentException">An index lies outside the target space.</exception>
    public static Csr Invert(ReadOnlySpan<int> map, int rows)
    {
        int[] pointers = new int[rows + 1];
        bool sorted = true;
        for (int i = 0; i < map.Length; i++)
        {
            if ((uint)map[i] >= (uint)rows)
                throw new ArgumentException($"Row {i} is sent to row {map[i]}, but the target space has only {rows} rows.", nameof(map));
            sorted &= i == 0 || map[i] >= map[i - 1];
            pointers[map[i] + 1]++;
        }
        for (int r = 0; r < rows; r++)
            pointers[r + 1] += pointers[r];

        int[] items = new int[map.Length];
        int[] next = pointers.AsSpan(0, rows).ToArray();
        for (int i = 0; i < map.Length; i++)
            items[next[map[i]]++] = i;
        return new Csr(pointers, items, sorted);
    }

    /// <summary>The rows sent to one target row.</summary>
    /// <param name="row">The target row.</param>
    public ReadOnlySpan<int> this[int row] => Items.AsSpan(Pointers[row], Pointers[row + 1] - Pointers[row]);

    /// <summary>How many rows are sent to one target row.</summary>
    /// <param name="row">The target row.</param>
    public int Degree(int row) => Pointers[row + 1] - Pointers[row];
}
