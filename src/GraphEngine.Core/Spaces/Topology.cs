using System.Collections.Concurrent;

namespace GraphEngine.Spaces;

/// <summary>
/// What a compiled program is bound to: the number of rows of every space and the indices of every map. Immutable; inverses are built on first use.
/// </summary>
public sealed class Topology
{
    private readonly Dictionary<Space, int> _counts;
    private readonly Dictionary<IndexMap, int[]> _maps;
    private readonly ConcurrentDictionary<IndexMap, int[]> _constant = new();
    private readonly ConcurrentDictionary<IndexMap, Csr> _inverses = new();
    private readonly ConcurrentDictionary<IndexMap, TreeSchedule> _trees = new();
    private readonly ConcurrentDictionary<TreePart, int> _treeCounts = new();
    private readonly ConcurrentDictionary<RowPieces, int> _pieceCounts = new();
    private readonly ConcurrentDictionary<Space, int[]> _subsets = new();
    private Lazy<EndGroups> _ends;

    /// <summary>Creates a topology and checks every map against the sizes of its two spaces.</summary>
    /// <param name="counts">The number of rows of each space; <see cref="Space.One"/> is added when absent.</param>
    /// <param name="maps">The indices of each map, one per row of its <see cref="IndexMap.From"/> space.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">A map names an unknown space, has the wrong length, or points outside its target space.</exception>
    public Topology(IEnumerable<KeyValuePair<Space, int>> counts, IEnumerable<KeyValuePair<IndexMap, int[]>> maps)
        : this(new Dictionary<Space, int>(counts ?? throw new ArgumentNullException(nameof(counts))), new Dictionary<IndexMap, int[]>(maps ?? throw new ArgumentNullException(nameof(maps))))
    {
        foreach ((IndexMap map, int[] indices) in _maps)
            Validate(map, indices);
    }

    private Topology(Dictionary<Space, int> counts, Dictionary<IndexMap, int[]> maps)
    {
        _counts = counts;
        _counts.TryAdd(Space.One, 1);
        _maps = maps;
        _ends = NewEnds();
    }

    /// <summary>The maps whose indices are known.</summary>
    public IReadOnlyCollection<IndexMap> Maps => _maps.Keys;

    /// <summary>True for a space whose rows are known, or follow from those of spaces that are.</summary>
    /// <param name="space">The space.</param>
    public bool Has(Space space) => _counts.ContainsKey(space) || space.FixedCount is not null || (space.MadeFrom is { Count: > 0 } others && others.All(Has));

    /// <summary>True for a map whose indices are known, or follow from maps and spaces that are.</summary>
    /// <param name="map">The map.</param>
    public bool Has(IndexMap map) => _maps.ContainsKey(map) || (map.Ends.All(Has)
        && (map.To == Space.One || map.IsIdentity
        || (map.Whole is { } whole ? Has(whole.Map)
            : map.Restricts is { } restricted ? Has(restricted) && map.Ends.All(HasRows)
            : map.Tree is { } tree ? Has(tree.Groups)
            : map.Pieces is { } pieces ? Has(pieces.Map)
            : map == IndexMap.SourceGroupEnd || map == IndexMap.TargetGroupEnd)));

    /// <summary>The number of rows of a space.</summary>
    /// <param name="space">The space.</param>
    /// <exception cref="ArgumentException">The space is unknown here, or one of a choice of sides for another number of relations.</exception>
    public int Count(Space space)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (_counts.TryGetValue(space, out int count))
            return count;
        if (space.Parts is var (whole, parts))
            return (long)Count(whole) * parts is var all && all <= int.MaxValue ? (int)all : throw new ArgumentException($"The space '{space}' would have {all} rows, more than the {int.MaxValue} that indices can tell apart; use a smaller graph or narrower rows.", nameof(space));
        if (space.Tree is TreePart tree)
            return _treeCounts.GetOrAdd(tree, t => Tree(t.Groups).Count(t));
        if (space.Pieces is RowPieces pieces)
            return _pieceCounts.GetOrAdd(pieces, p => p.Count(Inverse(p.Map)));
        if (IsPart(space))
            return RowsOf(space)!.Length;
        if (space == Space.EndGroups)
            return _ends.Value.Count;
        if (space.FixedCount is int rows)
            return rows;
        throw new ArgumentException($"The space '{space}' is not part of this topology; it has {string.Join(", ", _counts.Keys)}.", nameof(space));
    }

    /// <summary>The indices of a map, one per row of its source space.</summary>
    /// <param name="map">The map.</param>
    /// <exception cref="ArgumentException">The map is unknown here, one of a choice of sides for another number of relations, or sends a row to one
    /// that its target space does not have.</exception>
    public int[] Indices(IndexMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (_maps.TryGetValue(map, out int[]? indices))
            return indices;
        if (map.To == Space.One)
            return _constant.GetOrAdd(map, m => new int[Count(m.From)]);
        if (map.IsIdentity)
            return _constant.GetOrAdd(map, m => [.. Enumerable.Range(0, Count(m.From))]);
        if (map.Whole is not null)
            return _constant.GetOrAdd(map, OfParts);
        if (map.Restricts is not null)
            return _constant.GetOrAdd(map, Restricted);
        if (map.Tree is TreePart tree)
            return _constant.GetOrAdd(map, _ => Tree(tree.Groups).Indices(tree));
        if (map.Pieces is RowPieces pieces)
            return _constant.GetOrAdd(map, m => pieces.Indices(m, Inverse(pieces.Map)));
        if (map == IndexMap.SourceGroupEnd)
            return _ends.Value.OfSources;
        if (map == IndexMap.TargetGroupEnd)
            return _ends.Value.OfTargets;
        throw Unknown(map);
    }

    /// <summary>The inverse of a map: which rows are sent to each row of its target space.</summary>
    /// <param name="map">The map.</param>
    public Csr Inverse(IndexMap map) => _inverses.GetOrAdd(map, m => Csr.Invert(Indices(m), Count(m.To)));

    /// <summary>The number of levels in which a balanced reduction brings every group to one value: ceil(log2) of the largest group's size.</summary>
    /// <param name="groups">The map that groups the rows.</param>
    public int TreeLevels(IndexMap groups) => Tree(groups).Levels;

    /// <summary>The same topology with more spaces and maps.</summary>
    /// <param name="counts">Sizes of the new spaces.</param>
    /// <param name="maps">Indices of the new maps.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">A space or map is known already; a new map names an unknown space, has the wrong length, or points outside
    /// its target space.</exception>
    public Topology With(IReadOnlyDictionary<Space, int> counts, IReadOnlyDictionary<IndexMap, int[]> maps)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(maps);
        if (counts.Keys.FirstOrDefault(_counts.ContainsKey) is Space known)
            throw new ArgumentException($"The space '{known}' is part of this topology already, with {_counts[known]} rows; give the new one its own name.", nameof(counts));
        if (maps.Keys.FirstOrDefault(_maps.ContainsKey) is IndexMap given)
            throw new ArgumentException($"The map '{given}' is part of this topology already; give the new one its own name.", nameof(maps));
        Topology result = new(new Dictionary<Space, int>(_counts.Concat(counts)), new Dictionary<IndexMap, int[]>(_maps.Concat(maps)));
        foreach ((IndexMap map, Csr inverse) in _inverses)
            result._inverses.TryAdd(map, inverse);
        foreach ((Space space, int[] rows) in _subsets)
            result._subsets.TryAdd(space, rows);
        result._ends = _ends;
        foreach ((IndexMap map, int[] indices) in maps)
            result.Validate(map, indices);
        return result;
    }

    /// <summary>
    /// Forgets what was computed of maps and spaces, some arrays as long as there are edges; what is asked for later is computed again.
    /// </summary>
    public void Release()
    {
        _constant.Clear();
        _inverses.Clear();
        _trees.Clear();
        _subsets.Clear();
        _ends = NewEnds();
    }

    private Lazy<EndGroups> NewEnds() => new(() => new EndGroups(this));

    /// <summary>The rows of some edges, groups or nodes among all of them, in order; null for other spaces.</summary>
    private int[]? RowsOf(Space space) => IsPart(space) ? _subsets.GetOrAdd(space, s => SubsetRows.Of(s, this))
        : space.NodeType is null ? null
        : _maps.TryGetValue(IndexMap.Inclusion(space, Space.Nodes), out int[]? rows) ? rows
        : throw Unknown(IndexMap.Inclusion(space, Space.Nodes));

    /// <summary>True where <see cref="RowsOf"/> knows the rows.</summary>
    private bool HasRows(Space space) => IsPart(space) || space.NodeType is null || _maps.ContainsKey(IndexMap.Inclusion(space, Space.Nodes));

    private static bool IsPart(Space space) => space.Subset is not null || space.Centre is not null || space.Among is not null;

    private ArgumentException Unknown(IndexMap map) => new($"The map '{map}' is not part of this topology; it has {string.Join(", ", _maps.Keys)}.", nameof(map));

    private int[] Restricted(IndexMap map)
    {
        IndexMap whole = map.Restricts!;
        int[]? from = RowsOf(map.From), to = RowsOf(map.To), position = null;
        if (to is not null)
        {
            position = new int[Count(whole.To)];
            Array.Fill(position, -1);
            for (int i = 0; i < to.Length; i++)
                position[to[i]] = i;
        }
        int[]? indices = whole.IsIdentity ? null : Indices(whole);
        int[] result = new int[Count(map.From)];
        for (int i = 0; i < result.Length; i++)
        {
            int row = from is null ? i : from[i], sent = indices is null ? row : indices[row];
            result[i] = position is null ? sent : position[sent];
            if (result[i] < 0)
                throw new ArgumentException($"The map '{map}' sends row {row} of '{whole.From}' to row {sent} of '{whole.To}', which '{map.To}' does not have.", nameof(map));
        }
        return result;
    }

    private TreeSchedule Tree(IndexMap groups) => _trees.GetOrAdd(groups, m => new TreeSchedule(Inverse(m)));

    private int[] OfParts(IndexMap map)
    {
        (IndexMap whole, int parts, int pieces) = map.Whole!.Value;
        int[] rows = Indices(whole), result = new int[Count(map.From)];
        for (int i = 0; i < result.Length; i++)
            result[i] = (rows[i / (parts * pieces)] * parts) + (i / pieces % parts);
        return result;
    }

    private void Validate(IndexMap map, int[] indices)
    {
        if (indices is null)
            throw new ArgumentException($"The map '{map}' has null for its indices; give one for each row of '{map.From}'.");
        int from = Count(map.From), to = Count(map.To);
        if (indices.Length != from)
            throw new ArgumentException($"The map '{map}' has {indices.Length} indices, but its space '{map.From}' has {from} rows.");
        for (int i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)to)
                throw new ArgumentException($"The map '{map}' sends row {i} to row {indices[i]}, but '{map.To}' has only {to} rows.");
            if (map.IsInclusion && i > 0 && indices[i] == indices[i - 1])
                throw new ArgumentException($"The map '{map}' includes row {indices[i]} of '{map.To}' twice; name every row once.");
            if (map.IsSorted && i > 0 && indices[i] < indices[i - 1])
                throw new ArgumentException($"The map '{map}' is declared sorted, but row {i} is sent to row {indices[i]} after row {indices[i - 1]}.");
        }
    }
}
