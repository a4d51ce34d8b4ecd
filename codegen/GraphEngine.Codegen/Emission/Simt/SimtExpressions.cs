using System.Globalization;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Tensors;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// Prints expressions for one work item of the SIMT schedule: one or four columns in registers, loops over items and over columns around them. Each value is
/// printed once, in the outermost scope that knows everything it depends on.
/// </summary>
/// <param name="arguments">Names of tensors and tables.</param>
/// <param name="values">All that will be printed.</param>
internal sealed partial class SimtExpressions(KernelArguments arguments, IEnumerable<Expression> values)
{
    private readonly OnlineSums _online = new(values);
    private readonly List<EmissionScope<SimtBlock>> _scopes = [];
    private LoopDependencies? _dependencies;
    private int _names;

    /// <summary>The text that reads the product of a GEMM for a block, in an epilogue.</summary>
    public Func<SimtBlock, string>? Product { get; init; }

    /// <summary>True when rows are laid end to end, so that a position is a column of one long row.</summary>
    public bool IsFlat { get; init; }

    /// <summary>The lanes that share the items of a row; null where each work item visits all items of its row.</summary>
    public SimtTeam? Team { get; init; }

    /// <summary>The lanes that share the columns of a row in sums over them; null where each work item reads all columns.</summary>
    public SimtColumnLanes? ColumnLanes { get; init; }

    public int Depth => _scopes.Count - 1;

    public CodeWriter Text => _scopes[^1].Text;

    public void Open(LoopVariable? loop) => _scopes.Add(new EmissionScope<SimtBlock>(loop));

    /// <summary>Ends a scope and gives its text.</summary>
    public string Close()
    {
        string text = _scopes[^1].Text.ToString();
        _scopes.RemoveAt(_scopes.Count - 1);
        return text;
    }

    /// <summary>Prints a value for blocks of a result that may be wider, and gives the registers, spread where the value is narrower.</summary>
    public string[] EmitWide(Expression e, RowShape result, IReadOnlyList<SimtBlock> blocks)
    {
        Emit(e, [.. blocks.Select(b => Own(e, result, b)).Distinct()]);
        return [.. blocks.Select(b => Value(e, result, b))];
    }

    /// <summary>The number of a row, as text.</summary>
    public string Row(RowIndex index)
    {
        if (index.Loop is null)
            return "0";
        return index.Table is null ? index.Loop.Name : Named(index.Loop, index, () => $"a.{arguments.Table(index.Table)}[{index.Loop.Name}]", "r");
    }

    /// <summary>The position of a block of a row, in units of its lanes.</summary>
    public string At(RowIndex index, RowShape shape, SimtBlock block)
    {
        if (IsFlat)
            return block.InHead;
        if (index.Loop is null)
            return block.Position(shape.HeadSize);
        int unit = shape.Size / block.Lanes;
        string start = unit == 1 ? Row(index) : Named(index.Loop, (unit, index), () => $"{Row(index)} * {unit}", "o");
        string column = block.Position(shape.HeadSize);
        return column == "0" ? start : $"{start} + {column}";
    }

    private string Fresh(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{_names++}");

    /// <summary>A number that depends on one loop alone, printed once in that loop's scope.</summary>
    private string Named(LoopVariable loop, object key, Func<string> value, string prefix)
    {
        EmissionScope<SimtBlock> scope = _scopes.Last(s => ReferenceEquals(s.Loop, loop));
        if (!scope.Names.TryGetValue(key, out string? name))
        {
            string text = value();
            name = Fresh(prefix);
            scope.Text.Line($"int {name} = {text};");
            scope.Names[key] = name;
        }
        return name;
    }

    private string[] Emit(Expression e, IReadOnlyList<SimtBlock> blocks)
    {
        int scope = Target(e, blocks);
        Dictionary<(Expression, SimtBlock), string> known = _scopes[scope].Values;
        SimtBlock[] missing = [.. blocks.Where(b => !known.ContainsKey((e, b)))];
        if (missing.Length > 0)
        {
            EmitOperands(e, missing);
            string[] values = e is Expression.Reduce r ? EmitOnline(r, missing, scope) ?? EmitReduce(r, missing, scope) : [.. missing.Select(b => EmitOne(e, b, scope))];
            for (int i = 0; i < missing.Length; i++)
                known[(e, missing[i])] = values[i];
        }
        return [.. blocks.Select(b => known[(e, b)])];
    }

    private int Target(Expression e, IReadOnlyList<SimtBlock> blocks)
    {
        HashSet<LoopVariable> loops = Dependencies(e);
        int scope = blocks.Max(b => b.Scope);
        for (int s = _scopes.Count - 1; s > scope; s--)
        {
            if (_scopes[s].Loop is LoopVariable loop && loops.Contains(loop))
                return s;
        }
        return scope;
    }

    private HashSet<LoopVariable> Dependencies(Expression e)
    {
        _dependencies ??= new LoopDependencies(() => RowLoop);
        return _dependencies.Of(e);
    }

    /// <summary>Prints the operands for all blocks together, so that a loop over items is printed once for all of them.</summary>
    private void EmitOperands(Expression e, SimtBlock[] blocks)
    {
        if (e is Expression.Reduce or Expression.ReduceColumns or Expression.Pick or Expression.Concat)
            return;
        foreach (Expression child in e.Children)
        {
            IEnumerable<SimtBlock> own = e switch
            {
                Expression.SumHeads s => blocks.SelectMany(b => Enumerable.Range(0, s.X.Row.Heads).Select(h => b with { Head = null, HeadNumber = h })),
                Expression.Slice s => blocks.Select(b => b with { Offset = b.Offset + s.Start }),
                _ => blocks.Select(b => Own(child, e.Row, b)),
            };
            Emit(child, [.. own.Distinct()]);
        }
    }

    private string EmitOne(Expression e, SimtBlock block, int scope)
    {
        string value = e switch
        {
            Expression.Constant c => FloatLiteral.Of(c.Value),
            Expression.Load l => Load(l, block),
            Expression.Product => Product!(block),
            Expression.InverseDegree d => $"1f / a.{arguments.Table(d.Degrees)}[{d.Index.Loop?.Name ?? "0"}]",
            Expression.Unary u => SimtFunctions.Unary(u.Kind, u.Parameter, Value(u.X, u.Row, block), block.Lanes),
            Expression.Binary b => SimtFunctions.Binary(b.Kind, Value(b.A, b.Row, block), Value(b.B, b.Row, block), block.Lanes),
            Expression.Dropout d => Dropout(d, block),
            Expression.ReduceColumns r => ReduceColumns(r, block, scope),
            Expression.SumHeads s => string.Join(" + ", Enumerable.Range(0, s.X.Row.Heads).Select(h => Emit(s.X, [block with { Head = null, HeadNumber = h }])[0])),
            Expression.Pick p => Emit(p.X, [SimtBlock.One with { Column = Row(p.Column), ColumnScope = ScopeOf(p.Column) }])[0],
            Expression.OneHot o => block.Lanes == 1 ? $"({block.InHead} == {Row(o.Column)} ? 1f : 0f)" : $"Float4Math.OneHot(({block.InHead}) * 4, {Row(o.Column)})",
            Expression.ColumnNumbers => block.Lanes == 1 ? $"(float)({block.InHead})" : $"Float4Math.Columns(({block.InHead}) * 4)",
            Expression.Precedes p => RowOrder.Precedes(Value(p.A, p.Row, block), Row(p.First), Value(p.B, p.Row, block), Row(p.Second)),
            Expression.Expand x => Value(x.X, x.Row, block),
            Expression.Concat c => Concat(c, block),
            Expression.Slice s => Emit(s.X, [block with { Offset = block.Offset + s.Start }])[0],
            _ => throw new NotSupportedException($"The expression {e.GetType().Name} has no SIMT form."),
        };
        if (e is Expression.Constant or Expression.ReduceColumns)
            return value;
        string name = Fresh("v");
        _scopes[scope].Text.Line($"{block.Type} {name} = {value};");
        return name;
    }

    /// <summary>An operand in the columns of its user: narrower operands are read at their own width and spread.</summary>
    private string Value(Expression x, RowShape result, SimtBlock block)
    {
        SimtBlock own = Own(x, result, block);
        string value = Emit(x, [own])[0];
        return own.Lanes == block.Lanes ? value : SimtFunctions.Spread(value, block.Lanes);
    }

    /// <summary>The columns of an operand that a block of its user needs.</summary>
    private SimtBlock Own(Expression x, RowShape result, SimtBlock block)
    {
        SimtBlock own = x.Row.Heads == 1 ? block with { Head = null, HeadScope = 0, HeadNumber = 0 } : block;
        if (IsFlat ? x.Row.Size == 1 && Dependencies(x).Count == 0 : x.Row.HeadSize == 1)
            return own with { Lanes = 1, Column = null, ColumnScope = 0, Offset = 0 };
        if (IsFlat || !SimtShapes.IsPartial(x.Row, result))
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

    private string Dropout(Expression.Dropout d, SimtBlock block)
    {
        string x = Value(d.X, d.Row, block), seed = Value(d.Seed, d.Seed.Row, SimtBlock.One), step = Value(d.Step, d.Step.Row, SimtBlock.One);
        if (!_scopes[0].Names.TryGetValue((seed, step, d.Stream), out string? key))
        {
            key = Fresh("k");
            _scopes[0].Text.Line($"uint {key} = CounterRandom.Key((uint){seed}, (uint){step}, {d.Stream}u);");
            _scopes[0].Names[(seed, step, d.Stream)] = key;
        }
        string element = IsFlat ? block.Element(0) : $"{Row(d.Index)} * {d.Row.Size} + {block.Element(d.Row.HeadSize)}";
        string threshold = $"{CounterRandom.Threshold(d.Rate)}u", scaled = $"{x} * {SimtFunctions.Number(1 / (1 - d.Rate), block.Lanes)}";
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

    private LoopVariable? RowLoop => _scopes.First(s => s.Loop is not null).Loop;

    private int ScopeOf(RowIndex index) => index.Loop is null ? 0 : _scopes.FindLastIndex(s => ReferenceEquals(s.Loop, index.Loop));
}
