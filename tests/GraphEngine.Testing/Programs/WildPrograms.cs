using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Testing;

/// <summary>
/// Random programs of everything that the types allow: any map, any broadcasting, numbers that are read twice, outputs that others are made of,
/// states that take each other's values. Nothing in them is like a model, which is what they are for. Values stay of order one.
/// </summary>
public sealed class WildPrograms
{
    private static readonly IndexMap[] Maps =
    [
        IndexMap.EdgeSource, IndexMap.EdgeTarget, IndexMap.EdgeSourceGroup, IndexMap.EdgeTargetGroup, IndexMap.SourceGroupNode, IndexMap.TargetGroupNode,
        IndexMap.EdgeType, IndexMap.SourceGroupType, IndexMap.TargetGroupType, IndexMap.NodeType, IndexMap.SourceGroupEnd, IndexMap.TargetGroupEnd,
    ];

    private static readonly Space[] Spaces = [Space.Nodes, Space.Edges, Space.Edges, Space.SourceGroups, Space.TargetGroups, Space.EndGroups];

    private readonly Random _random;
    private readonly ProgramBuilder _b = new();
    private readonly List<Node> _values = [];
    private readonly List<Node> _leaves = [];

    private WildPrograms(int seed) => _random = new Random(seed);

    /// <summary>Makes a program.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="steps">How many ops are tried.</param>
    public static GraphProgram Make(int seed, int steps) => new WildPrograms(seed).Make(steps);

    private GraphProgram Make(int steps)
    {
        for (int i = 0; i < 4; i++)
            _values.Add(Leaf(Pick(Spaces), Row()));
        for (int i = 0; i < steps; i++)
        {
            Node? next = Try(Pick(_values));
            if (next is not null && next.Row.Size <= 64)
                _values.Add(next);
        }
        List<Output> outputs = [.. _values.Skip(4).Where(_ => _random.Next(3) == 0).Append(_values[^1]).Distinct().Select((v, i) => new Output($"v{i}", v))];
        if (_random.Next(2) == 0)
        {
            Node loss = _values.TakeLast(3).Select(v => Flat(v).Tanh().SumColumns().Sum(IndexMap.ToOne(v.Space))).Aggregate((a, c) => a + c);
            Node[] used = [.. _leaves.Where(ProgramGraph.Reachable([loss]).ToHashSet().Contains)];
            outputs.AddRange(loss.Gradients(used).Select((g, i) => new Output($"g{i}", g.Value)));
        }
        return new GraphProgram(outputs, Updates());
    }

    /// <summary>Some leaves take values of their type, others' old values among them.</summary>
    private List<Update> Updates() =>
        [.. _leaves.Where(_ => _random.Next(4) == 0).Select(l => (Leaf: l, Values: _values.Concat(_leaves).Where(v => v.Type == l.Type).ToArray())).Where(l => l.Values.Length > 0).Select(l => new Update(l.Leaf, Pick(l.Values)))];

    private Node? Try(Node x) => _random.Next(16) switch
    {
        0 or 1 => Function(x),
        2 or 3 or 4 => Combined(x),
        5 or 6 => Gathered(x),
        7 or 8 or 9 => Reduced(x),
        10 => x.Row.IsVector && Along(x) is IndexMap map ? x.Softmax(map) : null,
        11 => Multiplied(x),
        12 => x.Row.IsVector ? _random.Next(2) == 0 ? x.SumColumns().Tanh() : x.MaxColumns() : null,
        13 => x.Row.Heads > 1 ? x.SumHeads().Tanh() : null,
        14 => Reshaped(x),
        _ => Summed(x),
    };

    private Node Function(Node x) => _random.Next(9) switch
    {
        0 => x.Tanh(),
        1 => x.Sigmoid(),
        2 => x.Softplus(),
        3 => x.LeakyRelu(0.2f),
        4 => x.Relu(),
        5 => x.Tanh().Exp(),
        6 => (x.Softplus() + 1f).Log(),
        7 => (x * x + 0.1f).Sqrt(),
        _ => _b.Dropout(x, 0.4f),
    };

    private Node? Combined(Node x)
    {
        Node[] others = [.. _values.Where(v => (v.Space == x.Space || v.Space == Space.One) && v.Row.Broadcast(x.Row) is not null)];
        Node y = others.Length == 0 || _random.Next(6) == 0 ? Leaf(_random.Next(3) == 0 ? Space.One : x.Space, _random.Next(2) == 0 ? x.Row : RowShape.Scalar) : Pick(others);
        return _random.Next(7) switch
        {
            0 or 1 => x + y,
            2 => x - y,
            3 or 4 => (x * y).Tanh(),
            5 => x / (y.Softplus() + 0.5f),
            _ => _b.Binary(_random.Next(2) == 0 ? BinaryKind.Max : BinaryKind.Min, x, y),
        };
    }

    private Node? Gathered(Node x)
    {
        IndexMap[] maps = [.. Maps.Where(m => m.To == x.Space)];
        return maps.Length > 0 ? x.Along(Pick(maps)) : null;
    }

    private IndexMap? Along(Node x)
    {
        IndexMap[] maps = [.. Maps.Where(m => m.From == x.Space).Append(IndexMap.ToOne(x.Space))];
        return x.Space == Space.One ? null : Pick(maps);
    }

    private Node? Reduced(Node x)
    {
        if (Along(x) is not IndexMap map)
            return null;
        bool isLarge = map.To.IsSmall;
        return _random.Next(4) switch
        {
            0 => map.To.IsSmall ? null : x.Max(map),
            1 => x.Mean(map),
            _ => isLarge ? (x * 0.05f).Sum(map).Tanh() : x.Sum(map).Tanh(),
        };
    }

    private Node? Multiplied(Node x)
    {
        if (!x.Row.IsVector)
            return null;
        IndexMap types = x.Space == Space.One ? IndexMap.Identity(Space.One) : x.Space == Space.Edges && _random.Next(2) == 0 ? IndexMap.EdgeType
            : Maps.Where(m => m.From == x.Space && m.To.IsSmall).Append(IndexMap.ToOne(x.Space)).OrderBy(_ => _random.Next()).First();
        int heads = _random.Next(3) == 0 ? x.Row.Heads : 1;
        Node weight = Leaf(types.To, new RowShape(heads, x.Row.Columns, _random.Next(1, 9))) * 0.5f;
        return x.Linear(weight, types);
    }

    /// <summary>A weight that is made of values: a sum of products by type, through which others go.</summary>
    private Node? Summed(Node x)
    {
        if (x.Row is not { Heads: 1, Rows: 1 } || x.Space == Space.One || x.Space.IsSmall)
            return null;
        Node[] others = [.. _values.Where(v => v.Space == x.Space && v.Row is { Heads: 1, Rows: 1 })];
        IndexMap[] types = [.. Maps.Where(m => m.From == x.Space && m.To.IsSmall).Append(IndexMap.ToOne(x.Space))];
        IndexMap map = Pick(types);
        Node weight = ((x * 0.05f).Outer(Pick(others), map)).Tanh();
        return x.Linear(weight, map).Tanh();
    }

    private Node? Reshaped(Node x)
    {
        if (!x.Row.IsVector)
            return null;
        int size = x.Row.Size;
        return _random.Next(4) switch
        {
            0 => x.Reshape(RowShape.Vector(size)),
            1 when size % 2 == 0 => x.Reshape(new RowShape(2, 1, size / 2)),
            2 when x.Row.Columns > 1 => x.Slice(1, x.Row.Columns - 1),
            3 when _values.Where(v => v.Space == x.Space && v.Row.IsVector && v.Row.Heads == x.Row.Heads).ToArray() is { Length: > 0 } others => x.Concat(Pick(others)),
            _ => null,
        };
    }

    private static Node Flat(Node x) => x.Reshape(RowShape.Vector(x.Row.Size));

    private RowShape Row() => _random.Next(3) switch { 0 => RowShape.Scalar, 1 => RowShape.Vector(_random.Next(2, 9)), _ => new RowShape(_random.Next(2, 5), 1, _random.Next(1, 5)) };

    private Node Leaf(Space space, RowShape row)
    {
        Node leaf = _b.Parameter($"p{_leaves.Count}", space, row);
        _leaves.Add(leaf);
        return leaf;
    }

    private T Pick<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];
}
