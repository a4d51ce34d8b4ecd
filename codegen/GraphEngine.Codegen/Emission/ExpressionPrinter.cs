using System.Globalization;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Tensors;

namespace GraphEngine.Codegen.Emission;

/// <summary>
/// Prints what expressions compute into nested loops: each value once, in the outermost scope that knows everything it depends on. How values read,
/// and how many columns a register holds, is up to the schedule family.
/// </summary>
/// <param name="values">All that will be printed.</param>
/// <typeparam name="TBlock">The columns that a register holds.</typeparam>
internal abstract partial class ExpressionPrinter<TBlock>(IEnumerable<Expression> values)
    where TBlock : struct, IRegisterBlock, IEquatable<TBlock>
{
    private readonly List<EmissionScope<TBlock>> _scopes = [];
    private LoopDependencies? _dependencies;
    private int _names;

    /// <summary>True when rows are laid end to end, so that a position is a column of one long row.</summary>
    public bool IsFlat { get; init; }

    public int Depth => _scopes.Count - 1;

    public CodeWriter Text => _scopes[^1].Text;

    protected IReadOnlyList<EmissionScope<TBlock>> Scopes => _scopes;

    /// <summary>The loop over the rows of the result, the outermost one.</summary>
    protected LoopVariable RowLoop => _scopes.First(s => s.Loop is not null).Loop!;

    public void Open(LoopVariable? loop) => _scopes.Add(new EmissionScope<TBlock>(loop));

    /// <summary>Ends a scope and gives its text.</summary>
    public string Close()
    {
        string text = Text.ToString();
        _scopes.RemoveAt(Depth);
        return text;
    }

    /// <summary>Prints a value for several blocks of columns, and gives the names of the registers.</summary>
    public string[] Emit(Expression e, IReadOnlyList<TBlock> blocks)
    {
        int scope = ScopeOf(e, blocks);
        Dictionary<(Expression, TBlock), string> known = _scopes[scope].Values;
        TBlock[] missing = [.. blocks.Where(b => !known.ContainsKey((e, b))).Distinct()];
        if (missing.Length > 0)
        {
            EmitOperands(e, missing);
            string[] registers = e is Expression.Reduce r ? EmitOnline(r, missing, scope) ?? EmitReduce(r, missing, scope) : [.. missing.Select(b => EmitOne(e, b, scope))];
            Know(scope, e, missing, registers);
        }
        return [.. blocks.Select(b => known[(e, b)])];
    }

    /// <summary>Prints a value for blocks of a result that may be wider, and gives the registers, spread where the value is narrower.</summary>
    public string[] EmitWide(Expression e, RowShape result, IReadOnlyList<TBlock> blocks)
    {
        Emit(e, [.. blocks.Select(b => Own(e, result, b)).Distinct()]);
        return [.. blocks.Select(b => Value(e, result, b))];
    }

    /// <summary>The number of a row, as text.</summary>
    public string Row(RowIndex index)
    {
        if (index.Loop is null)
            return "0";
        return index.Table is null ? index.Loop.Name : Named(index.Loop, index, "int", () => $"{Table(index.Table)}[{index.Loop.Name}]", "r");
    }

    /// <summary>The text of a value whose operands are printed where they are needed.</summary>
    protected virtual string Write(Expression e, TBlock block, int scope) => e switch
    {
        Expression.InverseDegree d => $"1f / {Table(d.Degrees)}[{d.Index.Loop?.Name ?? "0"}]",
        Expression.Unary u => Unary(u.Kind, u.Parameter, Value(u.X, u.Row, block), block),
        Expression.Binary b => Binary(b.Kind, Operand(b.A, b, block), Operand(b.B, b, block), block),
        Expression.Precedes p => RowOrder.Precedes(Value(p.A, p.Row, block), Row(p.First), Value(p.B, p.Row, block), Row(p.Second)),
        Expression.Dropout d => Dropout(d, block),
        Expression.SumHeads s => string.Join(" + ", Enumerable.Range(0, s.X.Row.Heads).Select(h => Value(s.X, s.X.Row, OfHead(block, h)))),
        Expression.Slice s => Value(s.X, s.X.Row, Behind(block, s.Start)),
        Expression.Expand x => Operand(x.X, x, block),
        _ => throw new NotSupportedException($"The expression {e.GetType().Name} has no form in this schedule."),
    };

    /// <summary>
    /// The operands of a value that are printed before it, for all its blocks together, so that a loop over items is printed once for all of them.
    /// </summary>
    protected virtual IEnumerable<Expression> PrintedFirst(Expression e) => e is Expression.Reduce or Expression.ReduceColumns or Expression.Pick or Expression.Concat ? [] : e.Children;

    /// <summary>An operand of an elementwise value.</summary>
    protected virtual string Operand(Expression x, Expression user, TBlock block) => Value(x, user.Row, block);

    /// <summary>Prints a sum or a maximum over columns into a scope, and gives the register.</summary>
    protected abstract string EmitColumns(Expression.ReduceColumns r, TBlock block, int scope);

    /// <summary>A table of indices, as text.</summary>
    protected abstract string Table(IndexTable table);

    /// <summary>The only column of a number.</summary>
    protected abstract TBlock Number { get; }

    /// <summary>The columns of an operand that a block of a result, a row of some shape, needs.</summary>
    protected abstract TBlock Own(Expression x, RowShape result, TBlock block);

    /// <summary>The same columns of a head.</summary>
    protected abstract TBlock OfHead(TBlock block, int head);

    /// <summary>The columns that lie a distance behind those of a block.</summary>
    protected abstract TBlock Behind(TBlock block, int distance);

    /// <summary>A number in all columns of a block, as text.</summary>
    protected abstract string Spread(string number, TBlock block);

    /// <summary>A function of a register, as text.</summary>
    protected abstract string Unary(UnaryKind kind, float parameter, string x, TBlock block);

    /// <summary>A function of two registers, as text.</summary>
    protected abstract string Binary(BinaryKind kind, string a, string b, TBlock block);

    /// <summary>The elements of a register that a dropout keeps, scaled, and 0 for the others, as text.</summary>
    protected abstract string Keep(Expression.Dropout d, TBlock block, string x, string key, string threshold);

    protected string Fresh(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{_names++}");

    /// <summary>A new register of a scope with a value.</summary>
    protected string Register(int scope, TBlock block, string value)
    {
        string name = Fresh("v");
        _scopes[scope].Text.Line($"{block.Type} {name} = {value};");
        return name;
    }

    /// <summary>An operand in the columns of its user: narrower operands are read at their own width and spread.</summary>
    protected string Value(Expression x, RowShape result, TBlock block)
    {
        TBlock own = Own(x, result, block);
        string value = Emit(x, [own])[0];
        return own.Lanes == block.Lanes ? value : Spread(value, block);
    }

    /// <summary>A value that depends on one loop alone, printed once in that loop's scope.</summary>
    protected string Named(LoopVariable loop, object key, string type, Func<string> value, string prefix) => Named(_scopes.Last(s => ReferenceEquals(s.Loop, loop)), key, type, value, prefix);

    /// <summary>A value that is the same for all rows.</summary>
    protected string Constant(object key, string type, Func<string> value, string prefix) => Named(_scopes[0], key, type, value, prefix);

    /// <summary>The loops that a value changes with.</summary>
    protected HashSet<LoopVariable> LoopsOf(Expression e) => (_dependencies ??= new LoopDependencies(() => RowLoop)).Of(e);

    /// <summary>The scope that a value is printed in.</summary>
    protected int ScopeOf(Expression e, IReadOnlyList<TBlock> blocks)
    {
        HashSet<LoopVariable> loops = LoopsOf(e);
        return Math.Max(blocks.Max(b => b.Scope), _scopes.FindLastIndex(s => s.Loop is LoopVariable loop && loops.Contains(loop)));
    }

    /// <summary>The scope in which a row is known.</summary>
    protected int ScopeOf(RowIndex index) => index.Loop is null ? 0 : _scopes.FindLastIndex(s => ReferenceEquals(s.Loop, index.Loop));

    private string Named(EmissionScope<TBlock> scope, object key, string type, Func<string> value, string prefix)
    {
        if (scope.Names.TryGetValue(key, out string? known))
            return known;
        string text = value(), name = Fresh(prefix);
        scope.Text.Line($"{type} {name} = {text};");
        return scope.Names[key] = name;
    }

    private void EmitOperands(Expression e, TBlock[] blocks)
    {
        foreach (Expression operand in PrintedFirst(e))
        {
            (IEnumerable<TBlock> read, RowShape result) = e switch
            {
                Expression.SumHeads s => (blocks.SelectMany(b => Enumerable.Range(0, s.X.Row.Heads).Select(h => OfHead(b, h))), s.X.Row),
                Expression.Slice s => (blocks.Select(b => Behind(b, s.Start)), s.X.Row),
                _ => (blocks, e.Row),
            };
            Emit(operand, [.. read.Select(b => Own(operand, result, b)).Distinct()]);
        }
    }

    private string EmitOne(Expression e, TBlock block, int scope) => e switch
    {
        Expression.Constant c => FloatLiteral.Of(c.Value),
        Expression.ReduceColumns r => EmitColumns(r, block, scope),
        _ => Register(scope, block, Write(e, block, scope)),
    };

    private string Dropout(Expression.Dropout d, TBlock block)
    {
        string x = Value(d.X, d.Row, block), seed = Value(d.Seed, d.Seed.Row, Number), step = Value(d.Step, d.Step.Row, Number);
        string key = Constant((seed, step, d.Stream), "uint", () => $"CounterRandom.Key((uint){seed}, (uint){step}, {d.Stream}u)", "k");
        return Keep(d, block, x, key, $"{CounterRandom.Threshold(d.Rate)}u");
    }
}
