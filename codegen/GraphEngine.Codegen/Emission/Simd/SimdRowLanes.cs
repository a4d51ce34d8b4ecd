using System.Globalization;
using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// Prints numbers of consecutive rows side by side in one register: the form for values that have one number per row, or one per row and head, such
/// as attention weights of edges, where there are no columns to vectorise over. What a row reads through a table is gathered.
/// </summary>
/// <param name="scalars">Prints what all rows share.</param>
/// <param name="arguments">Names of tensors and tables.</param>
/// <param name="row">The loop over rows.</param>
/// <param name="lanes">Floats of a hardware vector.</param>
/// <param name="heads">Numbers of a row.</param>
internal sealed class SimdRowLanes(SimdExpressions scalars, KernelArguments arguments, LoopVariable row, int lanes, int heads)
{
    private readonly Dictionary<Expression, string> _values = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<IndexTable, string> _indices = [];
    private readonly ColumnBlock _block = new(lanes, null, 0, 0, 0);

    /// <summary>The text of one step over several rows.</summary>
    public CodeWriter Text { get; } = new();

    /// <summary>The rows of a step.</summary>
    public int Rows => lanes / heads;

    /// <summary>Where the numbers of the first row of a step lie in a tensor.</summary>
    public string Position => heads == 1 ? row.Name : $"(nint){row.Name} * {heads}";

    /// <summary>
    /// True when every value has as many numbers per row as the others, a register holds those of some rows, and they need nothing but loads and
    /// arithmetic.
    /// </summary>
    /// <param name="stores">What is stored for a row.</param>
    /// <param name="lanes">Floats of a hardware vector.</param>
    public static bool Fits(IReadOnlyList<Store> stores, int lanes) =>
        stores.All(s => s.At is null && s.Target.Type.Row.Size == stores[0].Value.Row.Size && s.Value.Row.Size == stores[0].Value.Row.Size && Fits(s.Value, lanes));

    /// <summary>True when a value is one number per row, or one per row and head, and needs nothing but loads and arithmetic.</summary>
    /// <param name="value">The value.</param>
    /// <param name="lanes">Floats of a hardware vector.</param>
    public static bool Fits(Expression value, int lanes)
    {
        RowShape row = value.Row;
        return row.HeadSize == 1 && lanes % row.Heads == 0 && value.Descendants().All(e =>
            e is Expression.Constant || (e.Row == row && e is Expression.Unary or Expression.Binary) || (e is Expression.Load load && load.Row == row && load.Buffer.Type.Row.Size == row.Heads));
    }

    /// <summary>Prints a value and gives its register.</summary>
    public string Value(Expression e)
    {
        if (_values.TryGetValue(e, out string? known))
            return known;
        string text = e switch
        {
            Expression.Constant c => $"{_block.Class}.Create({FloatLiteral.Of(c.Value)})",
            Expression.Load l when !ReferenceEquals(l.Index.Loop, row) => Repeated(l),
            Expression.Load l when l.Index.Table is null => _block.Load($"{arguments.Tensor(l.Buffer)} + {Position}"),
            Expression.Load l => Gathered(l),
            Expression.Unary u => SimdFunctions.Unary(u.Kind, u.Parameter, Value(u.X), _block),
            Expression.Binary b => SimdFunctions.Binary(b.Kind, Value(b.A), Value(b.B), _block),
            _ => throw new NotSupportedException($"The expression {e.GetType().Name} has no form with rows side by side."),
        };
        string name = string.Create(CultureInfo.InvariantCulture, $"w{_values.Count}");
        Text.Line($"{_block.Type} {name} = {text};");
        return _values[e] = name;
    }

    /// <summary>Numbers that all rows of the step share.</summary>
    private string Repeated(Expression.Load l) => heads == 1
        ? $"{_block.Class}.Create({scalars.Emit(l, [ColumnBlock.Scalar(0)])[0]})"
        : $"Simd.Repeat{32 * lanes}({scalars.Address(l.Buffer, l.Index, heads)}, {heads})";

    private string Gathered(Expression.Load l) => heads == 1
        ? $"Simd.Gather({arguments.Tensor(l.Buffer)}, {Index(l.Index.Table!)})"
        : $"Simd.Gather{32 * lanes}({arguments.Tensor(l.Buffer)}, {arguments.Table(l.Index.Table!)} + {row.Name}, {heads})";

    private string Index(IndexTable table)
    {
        if (!_indices.TryGetValue(table, out string? name))
        {
            name = string.Create(CultureInfo.InvariantCulture, $"j{_indices.Count}");
            Text.Line($"Vector{32 * lanes}<int> {name} = {_block.Class}.Load({arguments.Table(table)} + {row.Name});");
            _indices[table] = name;
        }
        return name;
    }
}
