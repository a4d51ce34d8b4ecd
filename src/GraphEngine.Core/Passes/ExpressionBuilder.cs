using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Turns the values one kernel computes into expressions: gathers become row indices, reductions become loops, stored values become loads.
/// </summary>
/// <param name="stored">The tensor of a stored value, or null when it must be computed here.</param>
internal sealed class ExpressionBuilder(Func<Node, TensorBuffer?> stored)
{
    private readonly Dictionary<(Node, RowIndex), Expression> _memo = [];
    private readonly Dictionary<(IndexMap, RowIndex), LoopVariable> _loops = [];
    private readonly Dictionary<Expression, Expression> _reciprocals = new(ReferenceEqualityComparer.Instance);
    private (Node Node, Expression.Product Product)? _product;

    /// <summary>Makes a node stand for the product of the GEMM under construction.</summary>
    public void Absorb(Node linear, Expression.Product product) => _product = (linear, product);

    /// <summary>The value of a node at a row.</summary>
    /// <param name="node">The node.</param>
    /// <param name="index">A row of the node's space.</param>
    public Expression Build(Node node, RowIndex index)
    {
        if (_product is { } absorbed && ReferenceEquals(absorbed.Node, node))
            return absorbed.Product;
        if (node.Space == Space.One)
            index = RowIndex.Zero;
        if (_memo.TryGetValue((node, index), out Expression? known))
            return known;
        Expression result = stored(node) is TensorBuffer buffer ? new Expression.Load(buffer, index, node.Row) : Compute(node, index);
        _memo.Add((node, index), result);
        return result;
    }

    private Expression Compute(Node node, RowIndex index)
    {
        Expression X(int operand) => Build(node.Operands[operand], index);
        switch (node.Op)
        {
            case Op.Constant c:
                return new Expression.Constant((float)c.Value);
            case Op.InverseDegree d:
                return new Expression.InverseDegree(d.Map, index);
            case Op.Unary u:
                return new Expression.Unary(u.Kind, u.Parameter, X(0));
            case Op.Binary { Kind: BinaryKind.Div } when node.Operands[1].Row.Size < node.Row.Size:
                return new Expression.Binary(BinaryKind.Mul, X(0), Reciprocal(X(1)), node.Row);
            case Op.Binary b:
                return new Expression.Binary(b.Kind, X(0), X(1), node.Row);
            case Op.Dropout d:
                return new Expression.Dropout(X(0), X(1), X(2), d.Rows is null ? index : index.Through(d.Rows), d.Rate, d.Stream);
            case Op.Gather g:
                return Build(node.Operands[0], index.Through(g.Map));
            case Op.Reduce r:
                LoopVariable loop = Loop(r.Map, index);
                return new Expression.Reduce(loop, r.Kind, Build(node.Operands[0], RowIndex.ItemOf(loop)));
            case Op.ReduceColumns r:
                return new Expression.ReduceColumns(r.Kind, X(0));
            case Op.SumHeads:
                return new Expression.SumHeads(X(0));
            case Op.Pick p:
                return new Expression.Pick(X(0), index.Through(p.Map));
            case Op.OneHot h:
                return new Expression.OneHot(index.Through(h.Map), h.Columns);
            case Op.ColumnNumbers c:
                return new Expression.ColumnNumbers(c.Count);
            case Op.Rank r:
                LoopVariable others = Loop(r.Map, index.Through(r.Map));
                RowIndex other = RowIndex.ItemOf(others);
                return new Expression.Reduce(others, ReduceKind.Sum, new Expression.Precedes(Build(node.Operands[0], other), other, X(0), index));
            case Op.Expand e:
                return new Expression.Expand(X(0), e.Row);
            case Op.Concat:
                return new Expression.Concat(X(0), X(1));
            case Op.Slice s:
                return new Expression.Slice(X(0), s.Start, s.Count);
            case Op.Reshape r when stored(LowerToKernels.Alias(node)) is TensorBuffer alias:
                return new Expression.Load(alias, index, r.Type.Row);
            default:
                throw new IrException($"{ProgramPrinter.Describe(node.Op)} cannot be computed inside another kernel.");
        }
    }

    /// <summary>
    /// 1 / x, once for all that is divided by x: a row divided by a number is a division and as many products as it has columns. Numbers below 1e-38
    /// have no reciprocal; what is divided by them is infinite or NaN.
    /// </summary>
    private Expression Reciprocal(Expression x)
    {
        if (!_reciprocals.TryGetValue(x, out Expression? reciprocal))
            _reciprocals[x] = reciprocal = new Expression.Unary(UnaryKind.Reciprocal, 0, x);
        return reciprocal;
    }

    /// <summary>One loop object per (map, row), so that reductions over the same items are recognised as such.</summary>
    private LoopVariable Loop(IndexMap map, RowIndex row)
    {
        if (!_loops.TryGetValue((map, row), out LoopVariable? loop))
            _loops[(map, row)] = loop = new LoopVariable($"p{_loops.Count}", map, row);
        return loop;
    }
}
