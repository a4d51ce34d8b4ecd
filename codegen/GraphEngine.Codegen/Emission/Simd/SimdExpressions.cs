using System.Globalization;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Spaces;
using GraphEngine.Tensors;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// Prints expressions for the SIMD schedule: vectors of columns in registers, loops over items around them. Each value is printed once, in the outermost
/// scope that knows everything it depends on.
/// </summary>
/// <param name="arguments">Names of tensors and tables.</param>
/// <param name="lanes">Floats of a hardware vector.</param>
/// <param name="kernel">The kernel, whose schedule says how far ahead rows are fetched, and how much is unrolled.</param>
internal sealed partial class SimdExpressions(KernelArguments arguments, int lanes, Kernel kernel)
{
    private readonly Schedule _schedule = kernel.Schedule;
    private readonly OnlineSums _online = new(kernel.Expressions);
    private readonly List<EmissionScope<ColumnBlock>> _scopes = [];
    private LoopDependencies? _dependencies;
    private int _names;

    /// <summary>The pointer to the product row of a GEMM, in an epilogue.</summary>
    public string? ProductRow { get; set; }

    /// <summary>True when rows are laid end to end, so that a position is a column of one long row.</summary>
    public bool IsFlat { get; init; }

    /// <summary>Items that lie side by side, and the position up to which some can be read that do not belong to the row at hand; null when there are none.</summary>
    public (IndexMap Items, string Last)? SideBySide { get; init; }

    /// <summary>The most vectors of a row whose values are in registers at the same time.</summary>
    public int UnrolledVectors => _schedule.UnrolledVectors;

    public int Depth => _scopes.Count - 1;

    public CodeWriter Text => _scopes[^1].Text;

    public void Open(LoopVariable? loop) => _scopes.Add(new EmissionScope<ColumnBlock>(loop));

    /// <summary>Ends a scope and gives its text.</summary>
    public string Close()
    {
        string text = _scopes[^1].Text.ToString();
        _scopes.RemoveAt(_scopes.Count - 1);
        return text;
    }

    /// <summary>Prints a value for several blocks of columns, and gives the names of the registers.</summary>
    public string[] Emit(Expression e, IReadOnlyList<ColumnBlock> blocks)
    {
        int scope = Target(e, blocks);
        Dictionary<(Expression, ColumnBlock), string> known = _scopes[scope].Values;
        ColumnBlock[] missing = [.. blocks.Where(b => !known.ContainsKey((e, b))).Distinct()];
        if (missing.Length > 0)
        {
            EmitOperands(e, missing);
            string[] values = e is Expression.Reduce r ? EmitOnline(r, missing, scope) ?? EmitReduce(r, missing, scope) : [.. missing.Select(b => EmitOne(e, b, scope))];
            for (int i = 0; i < missing.Length; i++)
                known[(e, missing[i])] = values[i];
        }
        return [.. blocks.Select(b => known[(e, b)])];
    }

    /// <summary>Prints a value for several blocks, spread where it is narrower than they are.</summary>
    public string[] EmitWide(Expression e, IReadOnlyList<ColumnBlock> blocks)
    {
        Emit(e, [.. blocks.Select(b => Own(e, b))]);
        return [.. blocks.Select(b => Value(e, b))];
    }

    /// <summary>The number of a row, as text.</summary>
    public string Row(RowIndex index)
    {
        if (index.Loop is null)
            return "0";
        if (index.Table is null)
            return index.Loop.Name;
        return Named(index.Loop, index, "int", () => $"{arguments.Table(index.Table)}[{index.Loop.Name}]", "r");
    }

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

    private string Fresh(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{_names++}");

    /// <summary>A value that depends on one loop alone, printed once in that loop's scope.</summary>
    private string Named(LoopVariable loop, object key, string type, Func<string> value, string prefix) => Named(_scopes.Last(s => ReferenceEquals(s.Loop, loop)), key, type, value, prefix);

    /// <summary>A value that is the same for all rows.</summary>
    private string Constant(object key, string type, Func<string> value, string prefix) => Named(_scopes[0], key, type, value, prefix);

    private string Named(EmissionScope<ColumnBlock> scope, object key, string type, Func<string> value, string prefix)
    {
        if (!scope.Names.TryGetValue(key, out string? name))
        {
            string text = value();
            name = Fresh(prefix);
            scope.Text.Line($"{type} {name} = {text};");
            scope.Names[key] = name;
        }
        return name;
    }

    private int Target(Expression e, IReadOnlyList<ColumnBlock> blocks)
    {
        HashSet<LoopVariable> loops = Dependencies(e);
        int scope = blocks.Max(b => b.Column is null ? 0 : b.Scope);
        for (int s = _scopes.Count - 1; s > scope; s--)
        {
            if (_scopes[s].Loop is LoopVariable loop && loops.Contains(loop))
                return s;
        }
        return scope;
    }

    private HashSet<LoopVariable> Dependencies(Expression e)
    {
        _dependencies ??= new LoopDependencies(() => _scopes.First(s => s.Loop is not null).Loop);
        return _dependencies.Of(e);
    }

    /// <summary>Prints the operands for all blocks together, so that a loop over items is printed once for all of them.</summary>
    private void EmitOperands(Expression e, ColumnBlock[] blocks)
    {
        if (e is Expression.Reduce or Expression.ReduceColumns or Expression.Pick or Expression.Concat || (e is Expression.SumHeads heads && IsPlainProduct(heads.X)))
            return;
        foreach (Expression child in e.Children.Where(c => !ColumnSelection.Repeats(c, e)))
        {
            IEnumerable<ColumnBlock> own = e switch
            {
                Expression.SumHeads s => blocks.SelectMany(b => Enumerable.Range(0, s.X.Row.Heads).Select(h => b with { Head = h })),
                Expression.Slice s => blocks.Select(b => b with { Offset = b.Offset + s.Start }),
                _ => blocks,
            };
            Emit(child, [.. own.Select(b => Own(child, b)).Distinct()]);
        }
    }

    private string EmitOne(Expression e, ColumnBlock block, int scope)
    {
        string value = e switch
        {
            Expression.Constant c => FloatLiteral.Of(c.Value),
            Expression.Load l => Load(l, block),
            Expression.Product => Read($"{ProductRow} + {block.Position(e.Row.HeadSize)}", block),
            Expression.InverseDegree d => $"1f / {arguments.Table(d.Degrees)}[{d.Index.Loop?.Name ?? "0"}]",
            Expression.Unary u => SimdFunctions.Unary(u.Kind, u.Parameter, Value(u.X, block), block),
            Expression.Binary b => SimdFunctions.Binary(b.Kind, Operand(b.A, b, block), Operand(b.B, b, block), block),
            Expression.Dropout d => Dropout(d, block),
            Expression.ReduceColumns r => block.IsAcrossHeads ? ReduceColumns(r, block) : ReduceColumns(r, block.Head),
            Expression.SumHeads s when IsPlainProduct(s.X) => SumOfProducts((Expression.Binary)s.X, block, scope),
            Expression.SumHeads s => string.Join(" + ", Enumerable.Range(0, s.X.Row.Heads).Select(h => Value(s.X, block with { Head = h }))),
            Expression.Pick p => Pick(p),
            Expression.OneHot o => block.Lanes == 1 ? $"{block.Position(o.Columns)} == {Row(o.Column)} ? 1f : 0f" : $"Simd.OneHot{32 * block.Lanes}({block.Position(o.Columns)}, {Row(o.Column)})",
            Expression.ColumnNumbers => block.Lanes == 1 ? block.Position(0) : $"{block.Class}.Create((float)({block.Position(0)})) + Vector{32 * block.Lanes}<float>.Indices",
            Expression.Precedes p => RowOrder.Precedes(Value(p.A, block), Row(p.First), Value(p.B, block), Row(p.Second)),
            Expression.Expand x => Operand(x.X, x, block),
            Expression.Concat c => Assemble(block, ColumnSelection.Of(c)),
            Expression.Slice s => Value(s.X, block with { Offset = block.Offset + s.Start }),
            _ => throw new NotSupportedException($"The expression {e.GetType().Name} has no SIMD form."),
        };
        if (e is Expression.Constant)
            return value;
        string name = Fresh("v");
        _scopes[scope].Text.Line($"{block.Type} {name} = {value};");
        return name;
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
            sum = Fresh("v");
            _scopes[scope].Text.Line($"{block.Type} {sum} = {(h == 0 ? $"{a} * {b}" : SimdFunctions.MultiplyAdd(a, b, before, block))};");
        }
        return sum;
    }

    /// <summary>An operand of an elementwise value; matrix rows or columns of width 1 are repeated element by element.</summary>
    private string Operand(Expression x, Expression user, ColumnBlock block) =>
        ColumnSelection.Repeats(x, user) ? Assemble(block, ColumnSelection.Of(x, user)) : Value(x, block);

    /// <summary>Columns that come from several places: one read where they lie side by side, one by one elsewhere.</summary>
    private string Assemble(ColumnBlock block, Func<int, (Expression From, int Column)> select)
    {
        (Expression From, int Column)[] columns = [.. Enumerable.Range(block.Offset, block.Lanes).Select(select)];
        if (columns.Select((c, i) => ReferenceEquals(c.From, columns[0].From) && c.Column - i == columns[0].Column).All(same => same))
            return Value(columns[0].From, block with { Offset = columns[0].Column });
        return $"{block.Class}.Create({string.Join(", ", columns.Select(c => Value(c.From, new ColumnBlock(1, null, 0, c.Column, block.Head))))})";
    }

    /// <summary>An operand in the columns of its user: narrower operands are read at their own width and spread.</summary>
    private string Value(Expression x, ColumnBlock block)
    {
        ColumnBlock own = Own(x, block);
        string value = Emit(x, [own])[0];
        return own.Lanes == block.Lanes ? value : $"{block.Class}.Create({value})";
    }

    /// <summary>The columns of an operand that a block of its user needs.</summary>
    private ColumnBlock Own(Expression x, ColumnBlock block)
    {
        if (block.IsAcrossHeads)
            return x.Row.Size == 1 ? ColumnBlock.Scalar(0) : block;
        int head = x.Row.Heads == 1 ? 0 : block.Head;
        bool scalar = IsFlat ? x.Row.Size == 1 && Dependencies(x).Count == 0 : x.Row.HeadSize == 1;
        return scalar ? ColumnBlock.Scalar(head) : block with { Head = head };
    }

    private string Load(Expression.Load l, ColumnBlock block)
    {
        string position = block.Position(l.Row.HeadSize);
        if (l.Index is { Loop: not null, Table: not null } && _schedule.Ahead > 0 && !IsFlat && !l.Buffer.Type.Space.IsSmall && (block.Lanes > 1 || IsFewNumbers(l, position)))
        {
            string row = Named(l.Index.Loop, ("row ahead", l.Index), "int", () => $"{arguments.Table(l.Index.Table)}[{l.Index.Loop.Name} + {_schedule.Ahead}]", "r");
            string ahead = Named(l.Index.Loop, ("ahead", l.Buffer, l.Index, l.Row.Size), "float*", () => $"{arguments.Tensor(l.Buffer)} + (nint){row} * {l.Row.Size}", "q");
            // In the loop that the row changes with, or in a loop over columns inside of it.
            _scopes[Math.Max(ScopeOf(l.Index), block.Column is null ? 0 : block.Scope)].Text.Line($"Simd.Prefetch({ahead} + {position});");
        }
        return Read($"{Address(l.Buffer, l.Index, l.Row.Size)} + {position}", block);
    }

    /// <summary>True for the first of a few numbers that a loop around or inside another one reads: all of them lie in one cache line, mostly.</summary>
    private bool IsFewNumbers(Expression.Load l, string position) => l.Row.Size <= lanes && position == "0" && _scopes.Count(s => s.Loop is not null) > 1;

    private static string Read(string address, ColumnBlock block) => block.Lanes == 1 ? $"*({address})" : $"{block.Class}.Load({address})";

    private string Dropout(Expression.Dropout d, ColumnBlock block)
    {
        string x = Value(d.X, block), seed = Value(d.Seed, ColumnBlock.Scalar(0)), step = Value(d.Step, ColumnBlock.Scalar(0));
        string key = Constant((seed, step, d.Stream), "uint", () => $"CounterRandom.Key((uint){seed}, (uint){step}, {d.Stream}u)", "k");
        string element = IsFlat ? block.Position(0) : $"{Row(d.Index)} * {d.Row.Size} + {block.Position(d.Row.HeadSize)}";
        string threshold = $"{CounterRandom.Threshold(d.Rate)}u", scale = FloatLiteral.Of(1 / (1 - d.Rate));
        return block.Lanes == 1
            ? $"(CounterRandom.Bits({key}, (uint)({element})) >= {threshold} ? {x} * {scale} : 0f)"
            : $"Simd.Keep({x} * {scale}, {key}, (uint)({element}), {threshold})";
    }

    /// <summary>A column of a row: from the registers that hold the row, from all columns where each comes from a place of its own, or computed alone.</summary>
    private string Pick(Expression.Pick p)
    {
        ColumnBlock[] blocks = [.. ColumnBlock.Exact(p.X.Row.HeadSize, lanes, 0)];
        string column = Row(p.Column);
        if (blocks.All(b => b.Lanes == blocks[0].Lanes && b.Lanes > 1 && _scopes.Any(s => s.Values.ContainsKey((p.X, b)))))
            return $"Simd.SumOf({string.Join(" + ", blocks.Zip(Emit(p.X, blocks), (b, x) => $"Simd.Only({x}, {column} - {b.Offset})"))})";
        return ColumnSelection.NeedsFixedColumns(p.X)
            ? string.Join(" + ", blocks.Zip(Emit(p.X, blocks), (b, x) => b.Lanes == 1 ? $"({column} == {b.Offset} ? {x} : 0f)" : $"Simd.SumOf(Simd.Only({x}, {column} - {b.Offset}))"))
            : Value(p.X, new ColumnBlock(1, column, ScopeOf(p.Column), 0, 0));
    }

    private int ScopeOf(RowIndex index) => index.Loop is null ? 0 : _scopes.FindLastIndex(s => ReferenceEquals(s.Loop, index.Loop));
}
