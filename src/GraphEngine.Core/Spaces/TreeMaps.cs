namespace GraphEngine.Spaces;

/// <summary>
/// The spaces and maps of a balanced reduction of groups. At each level the values of a group are combined in pairs, (1, 2), (3, 4), …; an odd last
/// value moves up unchanged and stays last. Level 0 has the rows of the map that groups them; after ceil(log2 n) levels a group of n rows has one
/// value left.
/// </summary>
/// <param name="Groups">The map that sends each row to its group.</param>
public sealed record TreeMaps(IndexMap Groups)
{
    /// <summary>The values at a level, by group.</summary>
    /// <param name="level">The level; 0 for the rows themselves.</param>
    public Space Values(int level) => level == 0 ? Groups.From : new Space($"{Groups}.tree{level}") { Tree = new TreePart(Groups, level, TreeRole.Value) };

    /// <summary>The pairs that are combined at a level, by group.</summary>
    /// <param name="level">The level whose values they combine.</param>
    public Space Pairs(int level) => new($"{Groups}.pairs{level}") { Tree = new TreePart(Groups, level, TreeRole.Pair) };

    /// <summary>The last values of groups with an odd number of them.</summary>
    /// <param name="level">The level of the values.</param>
    public Space Odd(int level) => new($"{Groups}.odd{level}") { Tree = new TreePart(Groups, level, TreeRole.Odd) };

    /// <summary>A pair's first value.</summary>
    /// <param name="level">The level of the values.</param>
    public IndexMap Left(int level) => Map("left", Pairs(level), Values(level), level, TreeRole.Left, level > 0 || Groups.IsSorted);

    /// <summary>A pair's second value.</summary>
    /// <param name="level">The level of the values.</param>
    public IndexMap Right(int level) => Map("right", Pairs(level), Values(level), level, TreeRole.Right, level > 0 || Groups.IsSorted);

    /// <summary>The odd values among all of a level.</summary>
    /// <param name="level">The level of the values.</param>
    public IndexMap Rest(int level) => Map("rest", Odd(level), Values(level), level, TreeRole.Odd, level > 0 || Groups.IsSorted);

    /// <summary>Where the value of a pair stands at the next level.</summary>
    /// <param name="level">The level that the pair combines.</param>
    public IndexMap PairUp(int level) => Map("up", Pairs(level), Values(level + 1), level, TreeRole.PairUp, isSorted: true);

    /// <summary>Where an odd value stands at the next level.</summary>
    /// <param name="level">The level it comes from.</param>
    public IndexMap OddUp(int level) => Map("oddup", Odd(level), Values(level + 1), level, TreeRole.OddUp, isSorted: true);

    /// <summary>The group of each value of the last level; every group that is not empty has one value there.</summary>
    /// <param name="levels">The number of levels.</param>
    public IndexMap Root(int levels) => Map("root", Values(levels), Groups.To, levels, TreeRole.Root, levels > 0 || Groups.IsSorted);

    private IndexMap Map(string name, Space from, Space to, int level, TreeRole role, bool isSorted) =>
        new($"{Groups}.{name}{level}", from, to, isSorted) { Tree = new TreePart(Groups, level, role) };
}
