using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// Prints expressions for one work item of the SIMT schedule: one or four columns in registers, loops over items and over columns around them.
/// </summary>
/// <param name="arguments">Names of tensors and tables.</param>
/// <param name="values">All that will be printed.</param>
internal sealed partial class SimtExpressions(KernelArguments arguments, IEnumerable<Expression> values) : ExpressionPrinter<SimtBlock>(values)
{
    /// <summary>The text that reads the product of a GEMM for a block, in an epilogue.</summary>
    public Func<SimtBlock, string>? Product { get; init; }

    /// <summary>The lanes that share the items of a row; null where each work item visits all items of its row.</summary>
    public SimtTeam? Team { get; init; }

    /// <summary>The lanes that share the columns of a row in sums over them; null where each work item reads all columns.</summary>
    public SimtColumnLanes? ColumnLanes { get; init; }

    /// <summary>The position of a block of a row, in units of its lanes.</summary>
    public string At(RowIndex index, RowShape shape, SimtBlock block)
    {
        if (IsFlat)
            return block.InHead;
        if (index.Loop is null)
            return block.Position(shape.HeadSize);
        int unit = shape.Size / block.Lanes;
        string start = unit == 1 ? Row(index) : Named(index.Loop, (unit, index), "int", () => $"{Row(index)} * {unit}", "o");
        string column = block.Position(shape.HeadSize);
        return column == "0" ? start : $"{start} + {column}";
    }

    protected override SimtBlock Number => SimtBlock.One;

    protected override string Table(IndexTable table) => $"a.{arguments.Table(table)}";

    protected override SimtBlock OfHead(SimtBlock block, int head) => block with { Head = null, HeadNumber = head };

    protected override SimtBlock Behind(SimtBlock block, int distance) => block with { Offset = block.Offset + distance };

    protected override string Spread(string number, SimtBlock block) => SimtFunctions.Spread(number, block.Lanes);

    protected override string Unary(UnaryKind kind, float parameter, string x, SimtBlock block) => SimtFunctions.Unary(kind, parameter, x, block.Lanes);

    protected override string Binary(BinaryKind kind, string a, string b, SimtBlock block) => SimtFunctions.Binary(kind, a, b, block.Lanes);

    protected override string Write(Expression e, SimtBlock block, int scope) => e switch
    {
        Expression.Load l => Load(l, block),
        Expression.Product => Product!(block),
        Expression.Pick p => Emit(p.X, [SimtBlock.One with { Column = Row(p.Column), ColumnScope = ScopeOf(p.Column) }])[0],
        Expression.OneHot o => block.Lanes == 1 ? $"({block.InHead} == {Row(o.Column)} ? 1f : 0f)" : $"Float4Math.OneHot(({block.InHead}) * 4, {Row(o.Column)})",
        Expression.ColumnNumbers => block.Lanes == 1 ? $"(float)({block.InHead})" : $"Float4Math.Columns(({block.InHead}) * 4)",
        Expression.Concat c => Concat(c, block),
        _ => base.Write(e, block, scope),
    };

    protected override SimtBlock Own(Expression x, RowShape result, SimtBlock block)
    {
        SimtBlock own = x.Row.Heads == 1 ? block with { Head = null, HeadScope = 0, HeadNumber = 0 } : block;
        if (IsFlat ? x.Row.Size == 1 && LoopsOf(x).Count == 0 : x.Row.HeadSize == 1)
            return own with { Lanes = 1, Column = null, ColumnScope = 0, Offset = 0 };
        if (IsFlat || !Repetition.Of(x.Row, result))
            return own;
        // One matrix row that is the same for all rows, or one column that is the same for all columns.
        (string operation, int at) = x.Row.Rows == 1 ? ("%", block.Offset % x.Row.Columns) : ("/", block.Offset / result.Columns);
        return block.Column is null ? own with { Offset = at } : own with { Column = $"({block.InHead}) {operation} {result.Columns}", Offset = 0 };
    }

    private string Load(Expression.Load l, SimtBlock block)
    {
        string view = $"a.{arguments.Tensor(l.Buffer)}", at = At(l.Index, l.Row, block);
        return block.Lanes == 1 ? $"{view}[{at}]" : $"Float4.Load({view}, {at})";
    }

    protected override string Keep(Expression.Dropout d, SimtBlock block, string x, string key, string threshold)
    {
        string element = IsFlat ? block.Element(0) : $"{Row(d.Index)} * {d.Row.Size} + {block.Element(d.Row.HeadSize)}", scaled = $"{x} * {SimtFunctions.Number(1 / (1 - d.Rate), block.Lanes)}";
        return block.Lanes == 1
            ? $"(CounterRandom.Bits({key}, (uint)({element})) >= {threshold} ? {scaled} : 0f)"
            : $"Float4Math.Keep({scaled}, {key}, (uint)({element}), {threshold})";
    }

    /// <summary>Both sides are read at a column that they have; which one is wanted is known now or decided by the work item.</summary>
    private string Concat(Expression.Concat c, SimtBlock block)
    {
        int first = c.A.Row.Columns, unit = first / block.Lanes;
        if (block.Column is null)
            return block.Offset < first ? Value(c.A, c.A.Row, block) : Value(c.B, c.B.Row, block with { Offset = block.Offset - first });
        string at = block.InHead;
        string left = Value(c.A, c.A.Row, block with { Column = $"({at} < {unit} ? {at} : {unit - 1})", Offset = 0 });
        string right = Value(c.B, c.B.Row, block with { Column = $"({at} < {unit} ? 0 : {at} - {unit})", Offset = 0 });
        return $"{at} < {unit} ? {left} : {right}";
    }
}
