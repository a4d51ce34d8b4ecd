using System.Globalization;
using GraphEngine.Spaces;

namespace GraphEngine.Ir;

/// <summary>The type of every op from the types of its operands; the one place where spaces, maps and shapes are checked.</summary>
internal static class TypeRules
{
    /// <exception cref="IrException">The operands do not fit the op.</exception>
    public static TensorType Infer(Op op, IReadOnlyList<Node> x)
    {
        int arity = Arity(op);
        Check(x.Count == arity || (op is Op.FixedPoint && x.Count > arity), op, x, $"takes {arity} operands");
        switch (op)
        {
            case Op.Leaf leaf:
                return leaf.Type;
            case Op.Constant:
                return new TensorType(Space.One, RowShape.Scalar);
            case Op.InverseDegree d:
                return new TensorType(d.Map.To, RowShape.Scalar);
            case Op.Unary or Op.Detach:
                return x[0].Type;
            case Op.Binary:
                return Broadcast(op, x);
            case Op.Dropout d:
                Check(d.Rate is >= 0 and < 1, op, x, "needs a rate in [0, 1)");
                Check(x[1].Type == new TensorType(Space.One, RowShape.Scalar) && x[2].Type == x[1].Type, op, x, "needs seed and step as scalars in one");
                Check(d.Rows is null || d.Rows.From == x[0].Space, op, x, $"draws the numbers of rows along {d.Rows}");
                return x[0].Type;
            case Op.Gradient:
                if (x[0].Type != new TensorType(Space.One, RowShape.Scalar))
                    throw new IrException($"Only a scalar in one can be differentiated, but the loss has the type {x[0].Type}.");
                Check(x[1].Op is Op.Leaf, op, x, "is taken with respect to a leaf");
                return x[1].Type;
            case Op.Gather g:
                Check(x[0].Space == g.Map.To, op, x, $"reads along {g.Map}, which leads to {g.Map.To}");
                return new TensorType(g.Map.From, x[0].Row);
            case Op.Reduce r:
                Check(x[0].Space == r.Map.From, op, x, $"reduces along {r.Map}, which starts in {r.Map.From}");
                return new TensorType(r.Map.To, x[0].Row);
            case Op.Union u:
                Check(x[0].Space == u.First.From && x[1].Space == u.Second.From && u.First.To == u.Second.To && x[0].Row == x[1].Row, op, x, $"joins equal rows of {u.First.From} and {u.Second.From}");
                return new TensorType(u.First.To, x[0].Row);
            case Op.Softmax s:
                Check(x[0].Space == s.Map.From, op, x, $"normalises along {s.Map}, which starts in {s.Map.From}");
                return x[0].Type;
            case Op.Linear l:
                return Linear(l, x);
            case Op.Outer o:
                Check(x[0].Space == o.Map.From && x[1].Space == o.Map.From, op, x, $"reduces along {o.Map}, which starts in {o.Map.From}");
                Check(x[0].Row.Rows == x[1].Row.Rows, op, x, "takes two vectors, or two matrices of equally many rows");
                Check(FitHeads(x[0], x[1]) is not null && (x[0].Row.IsVector || x[0].Row.Heads == x[1].Row.Heads), op, x, "needs equal heads");
                return new TensorType(o.Map.To, new RowShape(FitHeads(x[0], x[1])!.Value, x[0].Row.Columns, x[1].Row.Columns));
            case Op.ReduceColumns:
                Check(x[0].Row.IsVector, op, x, "takes a vector");
                return new TensorType(x[0].Space, x[0].Row with { Columns = 1 });
            case Op.SumHeads:
                return new TensorType(x[0].Space, x[0].Row with { Heads = 1 });
            case Op.Pick p:
                Check(x[0].Space == p.Map.From && x[0].Row is { Heads: 1, Rows: 1 }, op, x, $"picks by {p.Map} from a vector in {p.Map.From}");
                RequireColumns(op, p.Map, p.Map.To.FixedCount, x[0].Row.Columns);
                return new TensorType(x[0].Space, RowShape.Scalar);
            case Op.OneHot h:
                RequireColumns(op, h.Map, h.Map.To.FixedCount, h.Columns);
                return new TensorType(h.Map.From, RowShape.Vector(h.Columns));
            case Op.ColumnNumbers c:
                Check(c.Count >= 1, op, x, "needs a column");
                return new TensorType(Space.One, RowShape.Vector(c.Count));
            case Op.Rank r:
                Check(x[0].Type == new TensorType(r.Map.From, RowShape.Scalar), op, x, $"ranks scalars in {r.Map.From}");
                return x[0].Type;
            case Op.Reshape r:
                Check(FitParts(x[0].Type, r.Type), op, x, $"cannot turn {x[0].Type} into {r.Type}");
                return r.Type;
            case Op.Expand e:
                Check(x[0].Row.Broadcast(e.Row) == e.Row, op, x, $"cannot widen {x[0].Row} to {e.Row}");
                return new TensorType(x[0].Space, e.Row);
            case Op.Concat:
                Check(x[0].Space == x[1].Space && x[0].Row.IsVector && x[1].Row.IsVector && x[0].Row.Heads == x[1].Row.Heads, op, x, "joins vectors of one space");
                return new TensorType(x[0].Space, x[0].Row with { Columns = x[0].Row.Columns + x[1].Row.Columns });
            case Op.Slice s:
                Check(x[0].Row.IsVector && s.Start >= 0 && s.Count >= 1 && s.Start + s.Count <= x[0].Row.Columns, op, x, $"takes columns {s.Start} to {s.Start + s.Count - 1}");
                return new TensorType(x[0].Space, x[0].Row with { Columns = s.Count });
            case Op.FixedPoint f:
                Check(f.Contraction is >= 0 and < 1 && f.Tolerance is > 0 and < 1, op, x, "needs a contraction in [0, 1) and a tolerance in (0, 1)");
                Check(!f.Body.Program.Nodes.Any(n => n.Op is Op.Dropout or Op.Gradient), op, x, "has a body that is not the same function each time, or asks for gradients inside");
                Check(f.Body.Takes(x[0].Type, [.. x.Skip(1).Select(c => c.Type)]), op, x, $"has a body that takes and gives {f.Body.Type}");
                if (f.Copies > Op.FixedPoint.MostCopies)
                    throw new IrException(string.Create(CultureInfo.InvariantCulture, $"{ProgramPrinter.Describe(op)} with the factor {f.Contraction:R} takes {f.Copies:F0} applications of its body, but at most {Op.FixedPoint.MostCopies} are written out; let the body contract more, for instance by a smaller weight of its running value, or raise the tolerance."));
                return x[0].Type;
            default:
                throw new IrException($"The op {op.GetType().Name} has no type rule.");
        }
    }

    private static int Arity(Op op) => op switch
    {
        Op.Leaf or Op.Constant or Op.InverseDegree or Op.OneHot or Op.ColumnNumbers => 0,
        Op.Binary or Op.Linear or Op.Outer or Op.Concat or Op.Union or Op.Gradient => 2,
        Op.Dropout => 3,
        _ => 1,
    };

    private static TensorType Broadcast(Op op, IReadOnlyList<Node> x)
    {
        (TensorType a, TensorType b) = (x[0].Type, x[1].Type);
        Check(a.Space == b.Space || a.Space == Space.One || b.Space == Space.One, op, x, "needs operands of one space");
        RowShape? row = a.Row.Broadcast(b.Row);
        Check(row is not null, op, x, "needs shapes that are equal or 1");
        return new TensorType(a.Space == Space.One ? b.Space : a.Space, row!.Value);
    }

    private static TensorType Linear(Op.Linear op, IReadOnlyList<Node> x)
    {
        (Node input, Node weight) = (x[0], x[1]);
        Check(input.Space == op.Types.From, op, x, $"has rows in {op.Types.From}");
        Check(weight.Space == op.Types.To, op, x, $"has weights in {op.Types.To}");
        Check(FitHeads(input, weight) is not null && (input.Row.IsVector || input.Row.Heads == weight.Row.Heads), op, x, "needs equal heads");
        (int from, int to) = op.Transposed ? (weight.Row.Columns, weight.Row.Rows) : (weight.Row.Rows, weight.Row.Columns);
        Check(input.Row.Columns == from, op, x, $"multiplies a vector of {input.Row.Columns} with a matrix of {from} rows");
        return new TensorType(input.Space, new RowShape(FitHeads(input, weight)!.Value, input.Row.Rows, to));
    }

    /// <summary>True when both types cut the same rows into parts, each with as many elements as there are.</summary>
    internal static bool FitParts(TensorType a, TensorType b)
    {
        (Space whole, int parts) = a.Space.Parts ?? (a.Space, 1);
        (Space otherWhole, int otherParts) = b.Space.Parts ?? (b.Space, 1);
        return whole == otherWhole && (long)parts * a.Row.Size == (long)otherParts * b.Row.Size;
    }

    /// <summary>Refuses maps that name columns which a row does not have: kernels would read beyond it.</summary>
    /// <param name="op">What reads or makes the columns.</param>
    /// <param name="map">The map that names them.</param>
    /// <param name="rows">The rows it leads to; null where only a graph knows.</param>
    /// <param name="columns">The columns there are.</param>
    /// <exception cref="IrException">There are fewer columns than rows.</exception>
    internal static void RequireColumns(Op op, IndexMap map, int? rows, int columns)
    {
        if (rows > columns)
            throw new IrException($"{ProgramPrinter.Describe(op)} needs a column for each of the {rows} rows of {map.To}, but has {columns}; make the rows as wide, or pick by a map to fewer rows.");
    }

    private static int? FitHeads(Node a, Node b) =>
        a.Row.Heads == b.Row.Heads || b.Row.Heads == 1 ? a.Row.Heads : a.Row.Heads == 1 ? b.Row.Heads : null;

    private static void Check(bool holds, Op op, IReadOnlyList<Node> x, string rule)
    {
        if (!holds)
            throw new IrException($"{ProgramPrinter.Describe(op)} {rule}, but got ({string.Join(", ", x.Select(n => $"{n}: {n.Type}"))}).");
    }
}
