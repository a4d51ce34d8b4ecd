using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Decides which values get memory of their own ("roots", one kernel each) and which are recomputed inside the kernels that use them. Always legal,
/// since values are pure; a value is kept when recomputing it would cost more than reading it back. Edge x feature values are never kept unless a
/// GEMM makes or reads them, or they are compared; numbers per edge and head are.
/// </summary>
public sealed class Materialize
{
    // A value read many times per row is recomputed only if it costs about as much as reading a stored row would.
    private const int CheapCost = 12;
    private const int VectorLoadCost = 8;

    // A row is fetched before it is overwritten.
    private const int VectorStoreCost = 2 * VectorLoadCost;

    // Numbers of edges are computed many at a time, but read one by one wherever a loop over the edges of a node or group needs them.
    private const int CheapEdgeCost = 3;

    private const int FunctionCost = 10;
    private const int LoopCost = 100;

    // Beyond it nothing is told apart: chains of values that are read twice double their cost with every step.
    private const int MostCost = 1 << 24;

    private readonly HashSet<Node> _roots = [];
    private readonly HashSet<Node> _results;
    private readonly Dictionary<Node, List<Node>> _users = [];
    private readonly Dictionary<Node, int> _costs = [];
    private readonly HashSet<Node> _compared = [];

    private readonly bool _atomic;
    private readonly bool _sharesColumns;
    private readonly bool _keepsExponentials;

    private Materialize(Program program, PipelineOptions options)
    {
        _atomic = !options.IsOn("ordered-sums");
        _sharesColumns = options.SharesColumns;
        _keepsExponentials = options.IsOn("kept-exponentials");
        foreach (Node node in program.Nodes)
        {
            _users[node] = [];
            foreach (Node operand in node.Operands.Distinct())
                _users[operand].Add(node);
        }
        _results = [.. program.Roots];
        foreach (Node node in program.Nodes.Reverse())
        {
            if (_users[node].Any(u => u.Op is Op.Binary { Kind: BinaryKind.Equal } or Op.Rank || (Selects(u.Op) && _compared.Contains(u))))
                _compared.Add(node);
        }
        foreach (Node node in program.Nodes)
        {
            if (node.Op is not Op.Leaf && (_results.Contains(node) || MustKeep(node) || ShouldKeep(node)))
                _roots.Add(node);
            _costs[node] = node.Op is Op.Leaf || _roots.Contains(node) ? LoadCost(node) : Cost(node);
        }
        OnlineMaxima = options.IsOn("online-softmax") ? new OnlineSoftmax(Users, _roots, _atomic).Run(program, n => n.Op is not Op.Leaf && !_results.Contains(n) && !MustKeep(n)) : new HashSet<Node>();
    }

    /// <summary>The maxima that may be made in the loops that sum exponentials relative to them.</summary>
    internal IReadOnlySet<Node> OnlineMaxima { get; }

    /// <summary>Runs the analysis.</summary>
    /// <param name="program">The program.</param>
    /// <param name="options">Whether sums over edges are made by atomic additions, each in memory of its own; whether lanes share the columns of a
    /// row; whether exponentials of edges may be kept.</param>
    public static Materialize Run(Program program, PipelineOptions options) => new(program, options);

    /// <summary>True for sums of edges into many rows.</summary>
    /// <param name="node">A node.</param>
    public static bool IsEdgeSum(Node node) => node.Op is Op.Reduce { Kind: ReduceKind.Sum } sum && IsEdges(sum.Map.From) && !IsWeightReduction(sum.Map);

    /// <summary>True when the node gets a kernel of its own.</summary>
    /// <param name="node">A node of the program.</param>
    public bool IsRoot(Node node) => _roots.Contains(node);

    /// <summary>The nodes that use a node.</summary>
    /// <param name="node">A node of the program.</param>
    public IReadOnlyList<Node> Users(Node node) => _users[node];

    /// <summary>True when few sums take in very many rows each, so that a sum must be shared between workers.</summary>
    /// <param name="map">The map summed along.</param>
    public static bool IsWeightReduction(IndexMap map) => map.From != Space.EdgeTypes
        && (map.To == Space.One || map.To == Space.NodeTypes || map.To == Space.EdgeTypes || map.To.FixedCount is not null);

    /// <summary>
    /// True for the sum of two gradients of weights or biases, one over the groups of each side: every type has groups on one side only, so that both
    /// can be summed up in one place.
    /// </summary>
    /// <param name="node">A node of the program.</param>
    public bool IsSumOfSides(Node node) => node.Op is Op.Binary { Kind: BinaryKind.Add } && Summed(node.Operands[0].Op) is IndexMap map
        && EdgeSet.OtherTypes(map) is IndexMap other && Summed(node.Operands[1].Op) == other
        && node.Operands.All(o => o.Type == node.Type && _users[o].Count == 1 && !_results.Contains(o));

    private static IndexMap? Summed(Op op) => op switch
    {
        Op.Outer outer => outer.Map,
        Op.Reduce { Kind: ReduceKind.Sum } sum => sum.Map,
        _ => null,
    };

    /// <summary>True for edges and their parts.</summary>
    /// <param name="space">A space.</param>
    public static bool IsEdges(Space space) => space.Is(Space.Edges);

    /// <summary>
    /// Products and sums into few rows have kernels of their own; weights are read as they lie; an alias needs memory to be an alias of.
    /// </summary>
    private bool MustKeep(Node node) =>
        IsProduct(node) || node.Op is Op.Outer or Op.Union or Op.Rank
        || node.Space.Pieces is not null
        || (_atomic && IsEdgeSum(node))
        || IsCompared(node)
        || IsSumOfSides(node)
        || IsWeightSum(node)
        || _users[node].Any(u => u.Op is Op.Reshape || (u.Op is Op.Linear && ReferenceEquals(u.Operands[1], node)));

    /// <summary>
    /// True for what is compared for equality, as every value is with the maximum that it may be, or put in order: made again in another form of
    /// kernel it may be rounded in another way, and would be equal to nothing.
    /// </summary>
    private bool IsCompared(Node node) => _compared.Contains(node) && !Selects(node.Op) && node.Op is not (Op.Constant or Op.InverseDegree or Op.OneHot or Op.ColumnNumbers);

    /// <summary>True for functions whose values are some of their operands': nothing is rounded.</summary>
    private static bool Selects(Op op) => op is Op.Gather or Op.Expand or Op.Slice or Op.Concat or Op.Reshape or Op.Pick or Op.Binary { Kind: BinaryKind.Max or BinaryKind.Min }
        or Op.Unary { Kind: UnaryKind.Neg or UnaryKind.Relu } or Op.Reduce { Kind: ReduceKind.Max } or Op.ReduceColumns { Kind: ReduceKind.Max };

    private bool ShouldKeep(Node node)
    {
        List<Node> users = _users[node];
        bool repeated = users.Count > 1 || users.Any(u => u.Op is Op.Gather || (u.Space != node.Space && node.Space == Space.One));
        switch (node.Op)
        {
            case Op.Gather or Op.Constant or Op.InverseDegree or Op.OneHot or Op.ColumnNumbers:
                return false;
            case Op.Reshape:
                return false;
            case Op.Reduce:
                // Where lanes share the columns of a row, each of them would go through all items to make the row's number.
                return repeated || users.Any(u => u.Op is Op.ReduceColumns) || (_sharesColumns && node.Row.HeadSize == 1 && IsReadByColumns(node));
            default:
                if (IsEdges(node.Space))
                    return (_keepsExponentials || node.Op is not Op.Unary { Kind: UnaryKind.Exp }) && node.Row.HeadSize == 1 && ((repeated && Cost(node) > CheapEdgeCost) || (Cost(node) > 1 && users.Any(IsSumByType)));
                // A number made from the columns of a row is read once for every column that needs it.
                if (node.Op is Op.ReduceColumns && users.Any(u => u.Space == node.Space && u.Row.HeadSize > 1))
                    return true;
                // One column of a row is at hand where other numbers are made from the row; later it is a cache line for one number.
                if (node.Op is Op.Pick && MakesNumbersOf(node.Operands[0]))
                    return true;
                // Sums by type have a lane per row; many lanes for a row make its number sooner.
                if (_sharesColumns && node.Row.HeadSize == 1 && (node.Op is Op.ReduceColumns || MakesNumbersOf(node)) && users.Any(IsWeightSum))
                    return true;
                if (node.Row.HeadSize > 1 && users.All(u => u.Space == node.Space && u.Op is Op.Unary or Op.Binary or Op.ReduceColumns or Op.Pick or Op.Dropout or Op.Expand))
                    return users.Count > 1 && (users.Count - 1L) * Cost(node) > VectorStoreCost + (users.Count * VectorLoadCost);
                // A function of a number per type: once for each type instead of once for each row.
                if (node.Op is Op.Unary unary && !IsCheap(unary.Kind) && (node.Space == Space.NodeTypes || node.Space == Space.EdgeTypes) && users.Any(u => u.Op is Op.Gather))
                    return true;
                // Two products that are gathered together: added where the second is made, one row is gathered instead of two.
                if (IsSumOfProducts(node) && users.All(u => u.Op is Op.Reduce { Kind: ReduceKind.Sum, Map.IsSorted: false }))
                    return true;
                // What every edge of a node reads is read many times a row: only what costs no more than the row itself is made again.
                bool perEdge = users.Any(u => u.Op is Op.Gather && IsEdges(u.Space));
                return repeated && Cost(node) > (perEdge ? VectorLoadCost : CheapCost);
        }
    }

    /// <summary>True for a number that longer rows are made from, in the kernel that reads it; products fetch it once.</summary>
    private bool IsReadByColumns(Node number)
    {
        HashSet<Node> seen = [number];
        Stack<Node> numbers = new(seen);
        while (numbers.TryPop(out Node? next))
        {
            foreach (Node user in _users[next])
            {
                if (user.Space != number.Space || !SegmentClusters.IsElementwise(user.Op) || !seen.Add(user))
                    continue;
                if (user.Row.Size > number.Row.Size)
                    return true;
                if (!_results.Contains(user) && !MustKeep(user))
                    numbers.Push(user);
            }
        }
        return false;
    }

    /// <summary>True for a sum that takes edges in another order than theirs: it finds one number of an edge, not several.</summary>
    private static bool IsSumByType(Node node) => node.Op is Op.Reduce { Kind: ReduceKind.Sum } sum && IsEdges(sum.Map.From) && !sum.Map.IsSorted && IsWeightReduction(sum.Map);

    /// <summary>True for what a kernel that multiplies makes: a product, or the sum over heads of a product that nothing else reads.</summary>
    /// <param name="node">A node.</param>
    public bool IsProduct(Node node) => node.Op is Op.Linear ? !_users[node].Any(IsSummedProduct) : IsSummedProduct(node);

    /// <summary>True for the sum of two products that nothing else reads.</summary>
    /// <param name="node">A node.</param>
    public bool IsSumOfProducts(Node node) => node.Op is Op.Binary { Kind: BinaryKind.Add } && node.Operands.All(o => o.Row == node.Row && o.Space == node.Space && IsProduct(o) && _users[o].Count == 1 && !_results.Contains(o));

    /// <summary>The op that multiplies.</summary>
    /// <param name="product">A product, see <see cref="IsProduct"/>.</param>
    public static Node LinearOf(Node product) => product.Op is Op.SumHeads ? product.Operands[0] : product;

    /// <summary>True for the sum over heads of a product with a row and a weight for each: one product with longer rows.</summary>
    private bool IsSummedProduct(Node node) => node.Op is Op.SumHeads && node.Operands[0] is { Op: Op.Linear } product && _users[product].Count == 1 && !_results.Contains(product)
        && product.Operands.All(o => o.Row.Heads == product.Row.Heads);

    /// <summary>True for a sum by type.</summary>
    /// <param name="node">A node.</param>
    public static bool IsWeightSum(Node node) => node.Op is Op.Reduce { Kind: ReduceKind.Sum } sum && IsWeightReduction(sum.Map);

    /// <summary>True when a row is computed from numbers that are made from its columns.</summary>
    private static bool MakesNumbersOf(Node row) => row.Operands.Any(o => o.Op is Op.ReduceColumns || (o.Op is Op.Expand && MakesNumbersOf(o)));

    private static bool IsCheap(UnaryKind kind) => kind is UnaryKind.Neg or UnaryKind.Relu or UnaryKind.Step or UnaryKind.LeakyRelu;

    private static int LoadCost(Node node) => node.Row.Size == 1 ? 1 : VectorLoadCost;

    private int Cost(Node node) => node.Op switch
    {
        Op.Constant => 0,
        Op.InverseDegree or Op.OneHot or Op.ColumnNumbers => 1,
        Op.Reduce => LoopCost + Operands(node),
        Op.Unary unary when IsCheap(unary.Kind) => 1 + Operands(node),
        Op.Unary or Op.Dropout => (node.Row.Size == 1 && !IsEdges(node.Space) ? 1 : FunctionCost) + Operands(node),
        Op.Gather or Op.Reshape or Op.Expand or Op.Slice or Op.Concat => Operands(node),
        Op.ReduceColumns or Op.SumHeads or Op.Pick or Op.Rank => FunctionCost + Operands(node),
        _ => 1 + Operands(node),
    };

    private int Operands(Node node) => (int)Math.Min(MostCost, node.Operands.Distinct().Sum(o => (long)_costs[o]));
}
