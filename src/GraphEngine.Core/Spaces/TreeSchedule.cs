namespace GraphEngine.Spaces;

/// <summary>The sizes and indices of a balanced reduction; the sizes of the groups decide all of them.</summary>
/// <param name="groups">Which rows belong to each group.</param>
internal sealed class TreeSchedule(Csr groups)
{
    /// <summary>The number of levels after which the largest group is a single value.</summary>
    public int Levels { get; } = LevelsFor(groups);

    /// <summary>The number of rows of one of its spaces.</summary>
    public int Count(TreePart part) => part.Role switch
    {
        TreeRole.Value => Sum(b => Size(b, part.Level)),
        TreeRole.Pair => Sum(b => Size(b, part.Level) / 2),
        _ => Sum(b => Size(b, part.Level) % 2),
    };

    /// <summary>The indices of one of its maps.</summary>
    /// <exception cref="ArgumentException">Some group has more than one value at the last level.</exception>
    public int[] Indices(TreePart part)
    {
        if (part.Role == TreeRole.Root && part.Level < Levels)
            throw new ArgumentException($"A reduction of '{part.Groups}' in {part.Level} levels takes groups of at most {1L << part.Level} rows, but here one has {LargestOf(groups)}; build the program with {Levels} levels.");
        List<int> indices = [];
        int here = 0, above = 0;
        for (int b = 0; b < groups.Rows; b++)
        {
            int size = Size(b, part.Level), pairs = size / 2;
            switch (part.Role)
            {
                case TreeRole.Left or TreeRole.Right:
                    for (int i = 0; i < pairs; i++)
                        indices.Add(Row(part.Level, here + (2 * i) + (part.Role == TreeRole.Right ? 1 : 0)));
                    break;
                case TreeRole.Odd when size % 2 == 1:
                    indices.Add(Row(part.Level, here + size - 1));
                    break;
                case TreeRole.PairUp:
                    indices.AddRange(Enumerable.Range(above, pairs));
                    break;
                case TreeRole.OddUp when size % 2 == 1:
                    indices.Add(above + pairs);
                    break;
                case TreeRole.Root when size > 0:
                    indices.Add(b);
                    break;
            }
            here += size;
            above += size - pairs;
        }
        // Groups of at most one row each have their roots among the leaves, which need not lie by group.
        return part is { Role: TreeRole.Root, Level: 0 } ? [.. indices.Zip(groups.Items).OrderBy(p => p.Second).Select(p => p.First)] : [.. indices];
    }

    /// <summary>The leaves lie where their own space has them, all later values by group.</summary>
    private int Row(int level, int position) => level == 0 ? groups.Items[position] : position;

    private int Size(int group, int level)
    {
        int size = groups.Degree(group);
        return level == 0 || size == 0 ? size : ((size - 1) >> level) + 1;
    }

    private int Sum(Func<int, int> ofGroup)
    {
        int sum = 0;
        for (int b = 0; b < groups.Rows; b++)
            sum += ofGroup(b);
        return sum;
    }

    private static int LevelsFor(Csr groups)
    {
        int largest = LargestOf(groups), levels = 0;
        while (1L << levels < largest)
            levels++;
        return levels;
    }

    private static int LargestOf(Csr groups)
    {
        int largest = 0;
        for (int b = 0; b < groups.Rows; b++)
            largest = Math.Max(largest, groups.Degree(b));
        return largest;
    }
}
