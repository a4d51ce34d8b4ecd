using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Testing;

/// <summary>
/// Random programs over the spaces of a graph: every value has a bounded size, so that finite differences and 32-bit floats can follow.
/// </summary>
public static class RandomPrograms
{
    private static readonly IndexMap[] Maps =
    [
        IndexMap.EdgeSource, IndexMap.EdgeTarget, IndexMap.EdgeSourceGroup, IndexMap.EdgeTargetGroup, IndexMap.SourceGroupNode, IndexMap.TargetGroupNode,
    ];

    /// <summary>Makes a scalar that depends on parameters through a stack of random ops.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="steps">How many ops are stacked.</param>
    /// <param name="smooth">True to leave out ops with kinks, which finite differences cannot cross.</param>
    /// <param name="end">The nodes whose rows the scalar is made of, with dropout on the way, and in every other program inputs of each node type;
    /// null for all rows of the last values.</param>
    public static (Node Loss, IReadOnlyList<Node> Parameters) Make(int seed, int steps, bool smooth, Space? end = null)
    {
        Random random = new(seed);
        ProgramBuilder b = new();
        List<Node> values = [b.Parameter("x", Space.Nodes, RowShape.Vector(random.Next(1, 9))), b.Parameter("y", Space.Nodes, RowShape.Vector(random.Next(1, 9)))];
        List<Node> parameters = [.. values];
        Node Parameter(Space space, RowShape row)
        {
            Node p = b.Parameter($"p{parameters.Count}", space, row);
            parameters.Add(p);
            return p;
        }

        if (end is not null && seed % 2 == 0)
            values[0] = OfTypes(values[0].Row, random, Parameter);
        for (int i = 0; i < steps; i++)
        {
            Node x = values[random.Next(values.Count)];
            Node? next = random.Next(12) switch
            {
                0 => Unary(x, random, smooth),
                1 => x * Parameter(Space.One, RowShape.Vector(random.Next(2) == 0 ? 1 : x.Row.Columns)),
                2 => values.FirstOrDefault(v => !ReferenceEquals(v, x) && v.Type == x.Type) is Node same ? x + same : null,
                3 or 4 => Move(x, random),
                5 or 6 => Linear(x, random, Parameter),
                7 when Maps.Where(m => m.From == x.Space).ToArray() is { Length: > 0 } maps => x.Slice(0, Math.Min(4, x.Row.Columns)).Softmax(maps[random.Next(maps.Length)]),
                8 => x * x.Dot(x).Tanh(),
                9 or 10 when x.Space == Space.Nodes => Messages(x, values[random.Next(2)], random, Parameter),
                11 when x.Space == Space.Nodes && (end is null || random.Next(3) == 0) => FixedPoint(x, random),
                11 when end is not null => random.Next(2) == 0 ? b.Dropout(x, 0.4f) : x * Degree(x, random),
                _ => null,
            };
            if (next is not null)
                values.Add(next);
        }
        // The last values are the deepest; a bounded function keeps each part of the loss small. Where a sum over edges is large its derivative would
        // have no digits left in 32 bits.
        Node loss = values.TakeLast(3).Select(v => end is null ? v : AtNodes(v).Along(IndexMap.Inclusion(end, Space.Nodes)) * 0.1f).Select(v => v.Tanh().SumColumns().Sum(IndexMap.ToOne(v.Space))).Aggregate((a, c) => a + c);
        HashSet<Node> used = [.. ProgramGraph.Reachable([loss])];
        return (loss, [.. parameters.Where(used.Contains)]);
    }

    /// <summary>A row of every node, from a table of its type.</summary>
    private static Node OfTypes(RowShape row, Random random, Func<Space, RowShape, Node> parameter)
    {
        Node Projected(string type)
        {
            Space nodes = Space.NodesOf(type);
            int width = random.Next(1, 9);
            Node table = parameter(nodes, RowShape.Vector(width)), weight = parameter(Space.One, RowShape.Matrix(width, row.Columns));
            return (table.Linear(weight) * (1 / MathF.Sqrt(width))).Sum(IndexMap.Inclusion(type));
        }
        return ((string[])["paper", "author", "venue"]).Select(Projected).Aggregate((a, c) => a + c);
    }

    /// <summary>The inverse degree of a row along some map, or that of the row that some map sends it to.</summary>
    private static Node Degree(Node x, Random random)
    {
        IndexMap[] from = [.. Maps.Where(m => m.From == x.Space), IndexMap.Identity(x.Space)];
        IndexMap read = from[random.Next(from.Length)];
        IndexMap[] to = [.. Maps.Where(m => m.To == read.To), IndexMap.ToOne(read.To)];
        IndexMap counted = to[random.Next(to.Length)];
        Node degree = x.Builder.InverseDegree(counted);
        return counted.To == Space.One ? degree : read.IsIdentity ? degree : degree.Along(read);
    }

    private static Node AtNodes(Node x) => x.Space == Space.Edges ? x.Sum(IndexMap.EdgeTarget) : x.Space == Space.TargetGroups ? x.Sum(IndexMap.TargetGroupNode)
        : x.Space == Space.SourceGroups ? x.Along(IndexMap.EdgeSourceGroup).Sum(IndexMap.EdgeTarget) : x;

    private static Node Unary(Node x, Random random, bool smooth) => random.Next(smooth ? 4 : 6) switch
    {
        0 => x.Tanh(),
        1 => x.Sigmoid(),
        2 => (x * 0.5f).Gelu(),
        3 => x.Softplus(),
        4 => x.Relu(),
        _ => x.LeakyRelu(0.2f),
    };

    /// <summary>Neighbours pull each other together; an average brings no two values further apart, nor does the hyperbolic tangent.</summary>
    private static Node FixedPoint(Node x, Random random)
    {
        float pull = random.Next(1, 5) / 10f;
        IndexMap from = random.Next(2) == 0 ? IndexMap.EdgeSource : IndexMap.EdgeTarget, to = random.Next(2) == 0 ? IndexMap.EdgeTarget : IndexMap.EdgeSource;
        return x.Builder.FixedPoint(x * 0.1, v => (v.Along(from).Mean(to).Tanh() * pull) + x, pull, tolerance: 1e-12);
    }

    private static Node Move(Node x, Random random)
    {
        IndexMap[] maps = [.. Maps.Where(m => m.From == x.Space || m.To == x.Space)];
        IndexMap map = maps[random.Next(maps.Length)];
        return map.To == x.Space ? x.Along(map) : random.Next(2) == 0 ? x.Sum(map) : x.Mean(map);
    }

    // With vectors of heads as wide as registers of several sizes, and some that are no power of two.
    private static IReadOnlyList<int> Heads { get; } = [1, 1, 2, 3, 4, 8, 16];

    /// <summary>Typed messages between the ends of edges, weighted by nothing, by a degree, or by attention of one of two kinds.</summary>
    private static Node Messages(Node x, Node y, Random random, Func<Space, RowShape, Node> parameter)
    {
        int heads = Heads[random.Next(Heads.Count)], width = random.Next(1, 6), kind = random.Next(4), before = random.Next(3);
        if (before > 0)
            return TypedMessages(x, y, kind, before == 2, heads, width, parameter);
        Node weight = parameter(Space.EdgeTypes, new RowShape(heads, x.Row.Columns, width)) * 0.5f;
        Node message = x.Along(IndexMap.EdgeSource).Linear(weight, IndexMap.EdgeType);
        Node query = parameter(Space.EdgeTypes, new RowShape(heads, 1, width)).Along(IndexMap.EdgeType);
        Node sum = kind switch
        {
            0 => message.Sum(IndexMap.EdgeTarget),
            1 => (x.Builder.InverseDegree(IndexMap.EdgeTargetGroup).Along(IndexMap.EdgeTargetGroup) * message).Sum(IndexMap.EdgeTarget),
            2 => (message.Dot(query).LeakyRelu(0.5f).Softmax(IndexMap.EdgeTarget) * message).Sum(IndexMap.EdgeTarget),
            _ => (message.Dot(y.Linear(parameter(Space.NodeTypes, new RowShape(heads, y.Row.Columns, width)), IndexMap.NodeType).Along(IndexMap.EdgeTarget)).Softmax(IndexMap.EdgeTarget)
                * message).Sum(IndexMap.EdgeTarget),
        };
        return Joined(sum);
    }

    /// <summary>Messages made by a product of the source's type and one of the edge's, with a bias between them or not.</summary>
    private static Node TypedMessages(Node x, Node y, int kind, bool biased, int heads, int width, Func<Space, RowShape, Node> parameter)
    {
        Node Typed(Node value, bool withBias)
        {
            Node product = value.Linear(parameter(Space.NodeTypes, new RowShape(heads, value.Row.Columns, width)), IndexMap.NodeType);
            return withBias ? product + parameter(Space.NodeTypes, new RowShape(heads, 1, width)).Along(IndexMap.NodeType) : product;
        }

        Node message = Typed(x, biased).Along(IndexMap.EdgeSource).Linear(parameter(Space.EdgeTypes, new RowShape(heads, width, width + 1)) * 0.5f, IndexMap.EdgeType);
        Node key = Typed(x, !biased).Along(IndexMap.EdgeSource).Linear(parameter(Space.EdgeTypes, new RowShape(heads, width, width)), IndexMap.EdgeType);
        Node dot = key.Dot(Typed(y, biased).Along(IndexMap.EdgeTarget));
        Node score = (kind > 1 ? dot * parameter(Space.EdgeTypes, new RowShape(biased ? heads : 1, 1, 1)).Along(IndexMap.EdgeType) : dot).Tanh();
        Node sum = kind switch
        {
            0 => message.Sum(IndexMap.EdgeTarget) + score.Sum(IndexMap.EdgeTarget),
            1 => (x.Builder.InverseDegree(IndexMap.EdgeTargetGroup).Along(IndexMap.EdgeTargetGroup) * message).Sum(IndexMap.EdgeTarget),
            _ => (score.Softmax(IndexMap.EdgeTarget) * message).Sum(IndexMap.EdgeTarget),
        };
        return Joined(sum);
    }

    /// <summary>Heads side by side, or their sum.</summary>
    private static Node Joined(Node sum) => sum.Row.Heads is 2 or 3 or 8 ? sum.SumHeads() : sum.Reshape(RowShape.Vector(sum.Row.Size));

    private static Node Linear(Node x, Random random, Func<Space, RowShape, Node> parameter)
    {
        IndexMap types = x.Space == Space.Edges ? IndexMap.EdgeType : x.Space == Space.SourceGroups ? IndexMap.SourceGroupType
            : x.Space == Space.TargetGroups ? IndexMap.TargetGroupType : random.Next(2) == 0 ? IndexMap.NodeType : IndexMap.ToOne(x.Space);
        return x.Linear(parameter(types.To, RowShape.Matrix(x.Row.Columns, random.Next(1, 9))), types) * 0.5f;
    }
}
