using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>Prints expressions for the SIMD schedule: vectors of columns in registers, loops over items around them.</summary>
/// <param name="arguments">Names of tensors and tables.</param>
/// <param name="lanes">Floats of a hardware vector.</param>
/// <param name="kernel">The kernel, whose schedule says how far ahead rows are fetched, and how much is unrolled.</param>
internal sealed partial class SimdExpressions(KernelArguments arguments, int lanes, Kernel kernel) : ExpressionPrinter<ColumnBlock>(kernel.Expressions)
{
    private readonly Schedule _schedule = kernel.Schedule;

    /// <summary>The pointer to the product row of a GEMM, in an epilogue.</summary>
    public string? ProductRow { get; set; }

    /// <summary>
    /// Items that lie side by side, and the position up to which some can be read that do not belong to the row at hand; null when there are none.
    /// </summary>
    public (IndexMap Items, string Last)? SideBySide { get; init; }

    /// <summary>The most vectors of a row whose values are in registers at the same time.</summary>
    public int UnrolledVectors => _schedule.UnrolledVectors;

    /// <summary>The address of a row of some number of elements.</summary>
    public string Address(TensorBuffer buffer, RowIndex index, int size)
    {
        string tensor = arguments.Tensor(buffer);
        if (index.Loop is null || IsFlat)
            return tensor;
        return Named(index.Loop, (buffer, index, size), "float*", () => $"{tensor} + (nint){Row(index)} * {size}", "q");
    }

    /// <summary>Whether a tensor is too large for the caches, as the name of a constant.</summary>
    public string IsFar(TensorBuffer buffer) => Constant(buffer, "bool", () => $"Simd.IsFar({arguments.Count(buffer.Type.Space)} * {buffer.Type.Row.Size}L)", "far");

    protected override ColumnBlock Number => ColumnBlock.Scalar(0);

    protected override string Table(IndexTable table) => arguments.Table(table);

    protected override ColumnBlock OfHead(ColumnBlock block, int head) => block with { Head = head };

    protected override ColumnBlock Behind(ColumnBlock block, int distance) => block with { Offset = block.Offset + distance };

    protected override string Spread(string number, ColumnBlock block) => block.Lanes == 1 ? number : $"{block.Class}.Create({number})";

    protected override string Unary(UnaryKind kind, float parameter, string x, ColumnBlock block) => SimdFunctions.Unary(kind, parameter, x, block);

    protected override string Binary(BinaryKind kind, string a, string b, ColumnBlock block) => SimdFunctions.Binary(kind, a, b, block);

    protected override string Write(Expression e, ColumnBlock block, int scope) => e switch
    {
        Expression.Load l => Load(l, block),
        Expression.Product => Read($"{ProductRow} + {block.Position(e.Row.HeadSize)}", block),
        Expression.SumHeads s when IsPlainProduct(s.X) => SumOfProducts((Expression.Binary)s.X, block, scope),
        Expression.Pick p => Pick(p),
        Expression.OneHot o => block.Lanes == 1 ? $"{block.Position(o.Columns)} == {Row(o.Column)} ? 1f : 0f" : $"Simd.OneHot{32 * block.Lanes}({block.Position(o.Columns)}, {Row(o.Column)})",
        Expression.ColumnNumbers => block.Lanes == 1 ? block.Position(0) : $"{block.Class}.Create((float)({block.Position(0)})) + Vector{32 * block.Lanes}<float>.Indices",
        Expression.Concat c => Assemble(block, ColumnSelection.Of(c)),
        _ => base.Write(e, block, scope),
    };

    protected override IEnumerable<Expression> PrintedFirst(Expression e) =>
        e is Expression.SumHeads s && IsPlainProduct(s.X) ? [] : base.PrintedFirst(e).Where(c => !ColumnSelection.Repeats(c, e));

    /// <summary>Matrix rows or columns of width 1 are repeated element by element.</summary>
    protected override string Operand(Expression x, Expression user, ColumnBlock block) =>
        ColumnSelection.Repeats(x, user) ? Assemble(block, ColumnSelection.Of(x, user)) : base.Operand(x, user, block);

    protected override ColumnBlock Own(Expression x, RowShape result, ColumnBlock block)
    {
        if (block.IsAcrossHeads)
            return x.Row.Size == 1 ? ColumnBlock.Scalar(0) : block;
        int head = x.Row.Heads == 1 ? 0 : block.Head;
        bool scalar = IsFlat ? x.Row.Size == 1 && LoopsOf(x).Count == 0 : x.Row.HeadSize == 1;
        return scalar ? ColumnBlock.Scalar(head) : block with { Head = head };
    }

    protected override string Keep(Expression.Dropout d, ColumnBlock block, string x, string key, string threshold)
    {
        string element = IsFlat ? block.Position(0) : $"{Row(d.Index)} * {d.Row.Size} + {block.Position(d.Row.HeadSize)}", scale = FloatLiteral.Of(1 / (1 - d.Rate));
        return block.Lanes == 1
            ? $"(CounterRandom.Bits({key}, (uint)({element})) >= {threshold} ? {x} * {scale} : 0f)"
            : $"Simd.Keep({x} * {scale}, {key}, (uint)({element}), {threshold})";
    }

    /// <summary>True for products that can be made one by one: a loop over items is printed once for all heads.</summary>
    private static bool IsPlainProduct(Expression x) =>
        x is Expression.Binary { Kind: BinaryKind.Mul } && !x.Children.Any(c => ColumnSelection.Repeats(c, x)) && !x.Descendants().Any(d => d is Expression.Reduce);

    /// <summary>Products of heads, added one after the other as they are made: no more of them are in registers than the sum needs.</summary>
    private string SumOfProducts(Expression.Binary product, ColumnBlock block, int scope)
    {
        string sum = "";
        for (int h = 0; h < product.Row.Heads; h++)
        {
            string a = Operand(product.A, product, block with { Head = h }), b = Operand(product.B, product, block with { Head = h }), before = sum;
            sum = Register(scope, block, h == 0 ? $"{a} * {b}" : SimdFunctions.MultiplyAdd(a, b, before, block));
        }
        return sum;
    }

    /// <summary>Columns that come from several places: one read where they lie side by side, one by one elsewhere.</summary>
    private string Assemble(ColumnBlock block, Func<int, (Expression From, int Column)> select)
    {
        (Expression From, int Column)[] columns = [.. Enumerable.Range(block.Offset, block.Lanes).Select(select)];
        if (columns.Select((c, i) => ReferenceEquals(c.From, columns[0].From) && c.Column - i == columns[0].Column).All(same => same))
            return Value(columns[0].From, columns[0].From.Row, block with { Offset = columns[0].Column });
        return $"{block.Class}.Create({string.Join(", ", columns.Select(c => Value(c.From, c.From.Row, new ColumnBlock(1, null, 0, c.Column, block.Head))))})";
    }

    private string Load(Expression.Load l, ColumnBlock block)
    {
        string position = block.Position(l.Row.HeadSize);
        if (l.Index is { Loop: not null, Table: not null } && _schedule.Ahead > 0 && !IsFlat && !l.Buffer.Type.Space.IsSmall && (block.Lanes > 1 || IsFewNumbers(l, position)))
        {
            string row = Named(l.Index.Loop, ("row ahead", l.Index), "int", () => $"{Table(l.Index.Table)}[{l.Index.Loop.Name} + {_schedule.Ahead}]", "r");
            string ahead = Named(l.Index.Loop, ("ahead", l.Buffer, l.Index, l.Row.Size), "float*", () => $"{arguments.Tensor(l.Buffer)} + (nint){row} * {l.Row.Size}", "q");
            // In the loop that the row changes with, or in a loop over columns inside of it.
            Scopes[Math.Max(ScopeOf(l.Index), block.Scope)].Text.Line($"Simd.Prefetch({ahead} + {position});");
        }
        return Read($"{Address(l.Buffer, l.Index, l.Row.Size)} + {position}", block);
    }

    /// <summary>
    /// True for the first of a few numbers that a loop around or inside another one reads: all of them lie in one cache line, mostly.
    /// </summary>
    private bool IsFewNumbers(Expression.Load l, string position) => l.Row.Size <= lanes && position == "0" && Scopes.Count(s => s.Loop is not null) > 1;

    private static string Read(string address, ColumnBlock block) => block.Lanes == 1 ? $"*({address})" : $"{block.Class}.Load({address})";

    /// <summary>
    /// A column of a row: from the registers that hold the row, from all columns where each comes from a place of its own, or computed alone.
    /// </summary>
    private string Pick(Expression.Pick p)
    {
        ColumnBlock[] blocks = [.. ColumnBlock.Exact(p.X.Row.HeadSize, lanes, 0)];
        string column = Row(p.Column);
        if (blocks.All(b => b.Lanes == blocks[0].Lanes && b.Lanes > 1 && Scopes.Any(s => s.Values.ContainsKey((p.X, b)))))
            return $"Simd.SumOf({string.Join(" + ", blocks.Zip(Emit(p.X, blocks), (b, x) => $"Simd.Only({x}, {column} - {b.Offset})"))})";
        return ColumnSelection.NeedsFixedColumns(p.X)
            ? string.Join(" + ", blocks.Zip(Emit(p.X, blocks), (b, x) => b.Lanes == 1 ? $"({column} == {b.Offset} ? {x} : 0f)" : $"Simd.SumOf(Simd.Only({x}, {column} - {b.Offset}))"))
            : Value(p.X, p.X.Row, new ColumnBlock(1, column, ScopeOf(p.Column), 0, 0));
    }
}
