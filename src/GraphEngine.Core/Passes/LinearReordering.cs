using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Multiplies weights with weights first where that removes a product per row; legal because products associate. Two cases. A dot with a vector, (x
/// W) . a = x . (W a) when W and a belong to the same type: a vector per type instead of a matrix product per row; saves 2 d d' operations and d'
/// stored numbers for every row of x, and costs 2 d d' for every type. A product after a product, (x K + b) W = x (K W) + b W, where K belongs to the
/// type of a node and W to that of its edge: no row of x K is made or stored. It costs a product of matrices per edge type, so that a model of the
/// work decides. Wu et al., arXiv 2301.06284, section 3.2.3, there for one head.
/// </summary>
public static class LinearReordering
{
    // The rows that are saved must be worth clearly more than the products of weights, which add a step that others wait for.
    private const double LeastGain = 1.5;

    /// <summary>Runs the pass until nothing changes.</summary>
    /// <param name="program">The program.</param>
    /// <param name="statistics">The graph it will run on; without it products of matrices stay as they are.</param>
    public static Program Run(Program program, RelationStatistics? statistics) => ProgramRewriter.Repeat(program, p => Once(p, statistics));

    private static Program Once(Program program, RelationStatistics? statistics)
    {
        HashSet<Node> merged = statistics is null ? [] : WorthMerging(program, statistics);
        return ProgramRewriter.Rewrite(program, (_, node, x) =>
        {
            if (merged.Contains(node))
                return TypedEnd.Match(x[0])!.Merged(x[1], (Op.Linear)node.Op);
            if (node.Op is not Op.ReduceColumns { Kind: ReduceKind.Sum } || x[0].Op is not Op.Binary { Kind: BinaryKind.Mul })
                return null;
            return Dot(x[0].Operands[0], x[0].Operands[1]) ?? Dot(x[0].Operands[1], x[0].Operands[0]);
        });
    }

    private static Node? Dot(Node product, Node vector)
    {
        if (product.Op is not Op.Linear linear || product.Row.Columns != vector.Row.Columns || VectorOf(vector, linear.Types) is not Node perType)
            return null;
        Node folded = perType.Linear(product.Operands[1], IndexMap.Identity(linear.Types.To), !linear.Transposed);
        return product.Operands[0].Dot(folded.Along(linear.Types));
    }

    /// <summary>The vector of each type that a row's vector is read from; null when rows of one type have different vectors.</summary>
    private static Node? VectorOf(Node vector, IndexMap types) => vector.Op switch
    {
        Op.Gather gather when gather.Map == types => vector.Operands[0],
        Op.Gather { Map: var shared } when shared.To == Space.One => vector.Operands[0].Along(IndexMap.ToOne(types.To)),
        _ when vector.Space == Space.One && types.To != Space.One => vector.Along(IndexMap.ToOne(types.To)),
        _ => null,
    };

    /// <summary>The products of edges that should be merged with the product of nodes they read: nothing else may read that one.</summary>
    private static HashSet<Node> WorthMerging(Program program, RelationStatistics statistics)
    {
        ILookup<Node, Node> users = ProgramGraph.Users(program);
        HashSet<Node> roots = [.. program.Roots];
        HashSet<Node> merged = [];
        foreach (IGrouping<Node, Node> value in program.Nodes
            .Where(n => n.Op is Op.Linear { Types: var types } && types.Is(IndexMap.EdgeType) && TypedEnd.Match(n.Operands[0])?.Fits(n.Operands[1]) == true)
            .GroupBy(n => n.Operands[0].Operands[0]))
        {
            Node[] readers = [.. users[value.Key].SelectMany(u => u.Op is Op.Gather ? users[u] : [u])];
            if (readers.All(value.Contains) && !roots.Contains(value.Key) && IsWorthMerging([.. value], statistics))
                merged.UnionWith(value);
        }
        return merged;
    }

    private static bool IsWorthMerging(Node[] products, RelationStatistics statistics)
    {
        TypedEnd end = TypedEnd.Match(products[0].Operands[0])!;
        (int heads, int d, int k) = (end.Weight.Row.Heads, end.Weight.Row.Rows, end.Weight.Row.Columns);
        RelationStatistics counts = statistics.Of(EdgeSet.Of(products[0].Space)!);
        double groups = counts.SourceGroups.Zip(counts.TargetGroups, (s, t) => (double)Math.Min(s, t)).Sum(), edges = counts.Edges.Sum(e => (double)e);
        double saved = statistics.NodesIn(end.X.Space) * RowWork(d, heads * k), spent = 0;
        foreach (Node product in products)
        {
            int n = product.Row.Columns;
            spent += (double)statistics.Edges.Count * heads * d * RowWork(k, n);
            // A vector of all heads takes the place of one per head: only with one head is a row of a group no wider than before.
            spent += groups * Math.Max(0, RowWork(d, heads * n) - (heads * RowWork(k, n)));
            spent += edges * Math.Max(0, d - k) * heads * SideChoice.FlopsPerFloat;
        }
        return saved > LeastGain * spent;
    }

    /// <summary>The work of a row of a product, in operations: 2 d n of arithmetic, and d + n numbers moved.</summary>
    private static double RowWork(int d, int n) => (2.0 * d * n) + (SideChoice.FlopsPerFloat * (d + n));

    /// <summary>A product of nodes, read at one end of an edge: (x K + b)[end].</summary>
    private sealed record TypedEnd(IndexMap End, IndexMap TypeOfEnd, Node X, Node Weight, Node? Bias)
    {
        public static TypedEnd? Match(Node node)
        {
            if (node.Op is not Op.Gather { Map: var end } || MapAlgebra.TypeAt(end) is not IndexMap type)
                return null;
            Node value = node.Operands[0];
            (Node product, Node? bias) = value.Op is Op.Binary { Kind: BinaryKind.Add } && value.Operands[1].Op is Op.Gather { Map: var of } && of.Is(IndexMap.NodeType)
                ? (value.Operands[0], value.Operands[1].Operands[0])
                : (value, null);
            return product.Op is Op.Linear { Transposed: false, Types: var types } && types.Is(IndexMap.NodeType)
                ? new TypedEnd(end, type, product.Operands[0], product.Operands[1], bias)
                : null;
        }

        /// <summary>
        /// True when each head's weight can be multiplied with the same head's weight of edges, and the bias has a number for each of its rows.
        /// </summary>
        public bool Fits(Node weight) => Weight.Row.Heads == weight.Row.Heads && (Bias is null || (Bias.Row.Columns == Weight.Row.Columns && Bias.Row.Heads == Weight.Row.Heads));

        /// <summary>The product of the edges through the product of both weights.</summary>
        public Node Merged(Node weight, Op.Linear linear)
        {
            IndexMap identity = IndexMap.Identity(weight.Space);
            Node product = X.Along(End).Linear(Weight.Along(TypeOfEnd).Linear(weight, identity, linear.Transposed), linear.Types);
            return Bias is null ? product : product + Bias.Along(TypeOfEnd).Linear(weight, identity, linear.Transposed).Along(linear.Types);
        }
    }
}
