using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>
/// What a kernel computes for one row: a tree over loads, evaluated for some columns at a time. Nothing in it has a place in memory.
/// Shared subtrees are shared objects; emitters evaluate each once per scope.
/// </summary>
/// <param name="Row">The shape of the value; width 1 broadcasts.</param>
public abstract record Expression(RowShape Row)
{
    /// <summary>A number.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Constant(float Value) : Expression(RowShape.Scalar);

    /// <summary>A row of a tensor.</summary>
    /// <param name="Buffer">The tensor.</param>
    /// <param name="Index">The row.</param>
    /// <param name="Row">The shape it is read in.</param>
    public sealed record Load(TensorBuffer Buffer, RowIndex Index, RowShape Row) : Expression(Row);

    /// <summary>The product row of the GEMM this expression is the epilogue of.</summary>
    /// <param name="Row">Its shape.</param>
    public sealed record Product(RowShape Row) : Expression(Row);

    /// <summary>1 / max(1, items of a row).</summary>
    /// <param name="Map">The map whose items are counted.</param>
    /// <param name="Index">The row.</param>
    public sealed record InverseDegree(IndexMap Map, RowIndex Index) : Expression(RowShape.Scalar)
    {
        /// <summary>The numbers of items, read at the position of the index's loop.</summary>
        public IndexTable Degrees => Index.Table is null ? new IndexTable.Degrees(Map) : new IndexTable.Compose(new IndexTable.Degrees(Map), Index.Table);
    }

    /// <summary>f(x)</summary>
    /// <param name="Kind">The function.</param>
    /// <param name="Parameter">Its parameter.</param>
    /// <param name="X">The argument.</param>
    public sealed record Unary(UnaryKind Kind, float Parameter, Expression X) : Expression(X.Row);

    /// <summary>f(a, b)</summary>
    /// <param name="Kind">The function.</param>
    /// <param name="A">The first argument.</param>
    /// <param name="B">The second argument.</param>
    /// <param name="Row">The common shape.</param>
    public sealed record Binary(BinaryKind Kind, Expression A, Expression B, RowShape Row) : Expression(Row);

    /// <summary>Dropout of x.</summary>
    /// <param name="X">The value.</param>
    /// <param name="Seed">The seed.</param>
    /// <param name="Step">The step.</param>
    /// <param name="Index">The row that numbers the elements.</param>
    /// <param name="Rate">The share dropped.</param>
    /// <param name="Stream">The number of the dropout.</param>
    public sealed record Dropout(Expression X, Expression Seed, Expression Step, RowIndex Index, float Rate, int Stream) : Expression(X.Row);

    /// <summary>A reduction over the items of a row.</summary>
    /// <param name="Loop">The loop over the items.</param>
    /// <param name="Kind">Sum or maximum.</param>
    /// <param name="Body">The value of an item.</param>
    public sealed record Reduce(LoopVariable Loop, ReduceKind Kind, Expression Body) : Expression(Body.Row);

    /// <summary>A reduction over the columns, per head.</summary>
    /// <param name="Kind">Sum or maximum.</param>
    /// <param name="X">The vector.</param>
    public sealed record ReduceColumns(ReduceKind Kind, Expression X) : Expression(X.Row with { Columns = 1 });

    /// <summary>The sum over heads.</summary>
    /// <param name="X">The value.</param>
    public sealed record SumHeads(Expression X) : Expression(X.Row with { Heads = 1 });

    /// <summary>One column.</summary>
    /// <param name="X">The vector.</param>
    /// <param name="Column">The column, as a row index.</param>
    public sealed record Pick(Expression X, RowIndex Column) : Expression(RowShape.Scalar);

    /// <summary>A unit vector.</summary>
    /// <param name="Column">The column that is 1, as a row index.</param>
    /// <param name="Columns">The width.</param>
    public sealed record OneHot(RowIndex Column, int Columns) : Expression(RowShape.Vector(Columns));

    /// <summary>The numbers 0, 1, 2, …, one a column.</summary>
    /// <param name="Count">The width.</param>
    public sealed record ColumnNumbers(int Count) : Expression(RowShape.Vector(Count));

    /// <summary>1 where a number is larger than another, or equal and of an earlier row; else 0.</summary>
    /// <param name="A">The one number.</param>
    /// <param name="First">Its row.</param>
    /// <param name="B">The other number.</param>
    /// <param name="Second">The other's row.</param>
    public sealed record Precedes(Expression A, RowIndex First, Expression B, RowIndex Second) : Expression(RowShape.Scalar);

    /// <summary>A wider shape.</summary>
    /// <param name="X">The value.</param>
    /// <param name="Row">The shape.</param>
    public sealed record Expand(Expression X, RowShape Row) : Expression(Row);

    /// <summary>Columns side by side.</summary>
    /// <param name="A">The first columns.</param>
    /// <param name="B">The columns that follow.</param>
    public sealed record Concat(Expression A, Expression B) : Expression(A.Row with { Columns = A.Row.Columns + B.Row.Columns });

    /// <summary>Some columns.</summary>
    /// <param name="X">The vector.</param>
    /// <param name="Start">The first column.</param>
    /// <param name="Count">How many.</param>
    public sealed record Slice(Expression X, int Start, int Count) : Expression(X.Row with { Columns = Count });

    /// <summary>The direct parts of this expression.</summary>
    public IEnumerable<Expression> Children => this switch
    {
        Unary u => [u.X],
        Binary b => [b.A, b.B],
        Precedes p => [p.A, p.B],
        Dropout d => [d.X, d.Seed, d.Step],
        Reduce r => [r.Body],
        ReduceColumns r => [r.X],
        SumHeads s => [s.X],
        Pick p => [p.X],
        Expand e => [e.X],
        Concat c => [c.A, c.B],
        Slice s => [s.X],
        _ => [],
    };

    /// <summary>This expression and everything below it, each shared part once.</summary>
    public IEnumerable<Expression> Descendants()
    {
        HashSet<Expression> seen = new(ReferenceEqualityComparer.Instance);
        Stack<Expression> pending = new([this]);
        while (pending.TryPop(out Expression? expression))
        {
            if (!seen.Add(expression))
                continue;
            yield return expression;
            foreach (Expression child in expression.Children)
                pending.Push(child);
        }
    }
}
