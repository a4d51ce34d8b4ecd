using GraphEngine.Tensors;

namespace GraphEngine.Graphs;

/// <summary>
/// The two orders of a graph's edges. <i>Listed</i>: the list of the first edge type, then that of the second, and so on, each in insertion order.
/// <i>Canonical</i>: sorted by (target, type, source), equal edges in the order of their list; values of edges (<see cref="Spaces.Space.Edges"/>)
/// have a row for each in this order.
/// </summary>
public sealed class EdgeOrder
{
    private readonly int[] _listed;
    private readonly int[] _canonical;
    private readonly int[] _offsets;

    internal EdgeOrder(HeteroGraph graph)
    {
        _listed = GraphTopology.CanonicalOrder(graph);
        _canonical = new int[_listed.Length];
        for (int e = 0; e < _listed.Length; e++)
            _canonical[_listed[e]] = e;
        _offsets = new int[graph.Schema.EdgeTypes.Count + 1];
        for (int r = 0; r + 1 < _offsets.Length; r++)
            _offsets[r + 1] = _offsets[r] + graph.EdgesOf(r).Count;
    }

    /// <summary>For each canonical edge, its number among the listed ones.</summary>
    public ReadOnlySpan<int> Listed => _listed;

    /// <summary>The number of an edge among the canonical ones.</summary>
    /// <param name="edgeType">The number of its type.</param>
    /// <param name="position">Its position in the list of that type.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such type, or no edge at that position.</exception>
    public int CanonicalOf(int edgeType, int position)
    {
        if ((uint)edgeType >= (uint)(_offsets.Length - 1))
            throw new ArgumentOutOfRangeException(nameof(edgeType), $"There is no edge type {edgeType}; the {_offsets.Length - 1} edge types are numbered from 0.");
        int count = _offsets[edgeType + 1] - _offsets[edgeType];
        return (uint)position < (uint)count
            ? _canonical[_offsets[edgeType] + position]
            : throw new ArgumentOutOfRangeException(nameof(position), $"There is no edge {position} of edge type {edgeType}; its {count} edges are numbered from 0.");
    }

    /// <summary>Rows of listed edges in the canonical order: what an input of edges takes.</summary>
    /// <param name="listed">Rows of equal length, one for each listed edge, one after the other.</param>
    /// <returns>The same rows, one for each canonical edge.</returns>
    /// <typeparam name="T">What rows are made of.</typeparam>
    /// <exception cref="ArgumentException">The numbers are no rows of equal length for each edge.</exception>
    public T[] ToCanonical<T>(ReadOnlySpan<T> listed) => Moved(listed, _listed, nameof(listed));

    /// <summary>Rows of canonical edges in the order of the lists: what an output of edges is for each of them.</summary>
    /// <param name="canonical">Rows of equal length, one for each canonical edge, one after the other.</param>
    /// <returns>The same rows, one for each listed edge.</returns>
    /// <typeparam name="T">What rows are made of.</typeparam>
    /// <exception cref="ArgumentException">The numbers are no rows of equal length for each edge.</exception>
    public T[] ToListed<T>(ReadOnlySpan<T> canonical) => Moved(canonical, _canonical, nameof(canonical));

    /// <summary>A tensor of listed edges in the canonical order.</summary>
    /// <param name="listed">A tensor whose first axis has an entry for each listed edge.</param>
    /// <returns>A tensor of the same name, type and shape.</returns>
    /// <exception cref="ArgumentNullException">The tensor is null.</exception>
    /// <exception cref="ArgumentException">The first axis has another size.</exception>
    public Tensor ToCanonical(Tensor listed) => Moved(listed, _listed, nameof(listed));

    /// <summary>A tensor of canonical edges in the order of the lists.</summary>
    /// <param name="canonical">A tensor whose first axis has an entry for each canonical edge.</param>
    /// <returns>A tensor of the same name, type and shape.</returns>
    /// <exception cref="ArgumentNullException">The tensor is null.</exception>
    /// <exception cref="ArgumentException">The first axis has another size.</exception>
    public Tensor ToListed(Tensor canonical) => Moved(canonical, _canonical, nameof(canonical));

    private static Tensor Moved(Tensor rows, int[] order, string parameter)
    {
        ArgumentNullException.ThrowIfNull(rows, parameter);
        return rows.Shape is [long count, ..] && count == order.Length
            ? new Tensor(rows.Name, rows.Type, rows.Shape, Moved<byte>(rows.Bytes, order, parameter))
            : throw new ArgumentException($"The tensor '{rows.Name}' has the shape [{string.Join(", ", rows.Shape)}], but its first axis needs an entry for each of the {order.Length} edges.", parameter);
    }

    private static T[] Moved<T>(ReadOnlySpan<T> rows, int[] order, string parameter)
    {
        int width = order.Length == 0 ? 0 : rows.Length / order.Length;
        if (rows.Length != width * order.Length)
            throw new ArgumentException($"{rows.Length} values are no rows of equal length for each of the {order.Length} edges.", parameter);
        T[] result = new T[rows.Length];
        for (int i = 0; i < order.Length; i++)
            rows.Slice(order[i] * width, width).CopyTo(result.AsSpan(i * width));
        return result;
    }
}
