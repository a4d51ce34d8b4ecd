using System.Globalization;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// Prints numbers of consecutive rows side by side in one register: the form for values that have one number per row, such as attention weights of edges, where
/// there are no columns to vectorise over. What a row reads through a table is gathered.
/// </summary>
/// <param name="scalars">Prints what all rows share.</param>
/// <param name="arguments">Names of tensors and tables.</param>
/// <param name="row">The loop over rows.</param>
/// <param name="lanes">Floats of a hardware vector.</param>
internal sealed class SimdRowLanes(SimdExpressions scalars, KernelArguments arguments, LoopVariable row, int lanes)
{
    private readonly Dictionary<Expression, string> _values = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<IndexTable, string> _indices = [];
    private readonly ColumnBlock _block = new(lanes, null, 0, 0, 0);

    /// <summary>The text of one step over several rows.</summary>
    public CodeWriter Text { get; } = new();

    /// <summary>True when every value has one number per row and needs nothing but loads and arithmetic.</summary>
    public static bool Fits(IReadOnlyList<Store> stores) => stores.All(s => s.Target.Type.Row.Size == 1 && s.At is null && Fits(s.Value));

    /// <summary>True when a value is one number per row and needs nothing but loads and arithmetic.</summary>
    public static bool Fits(Expression value) => value.Row.Size == 1 && value.Descendants().All(e =>
        (e.Row.Size == 1 && e is Expression.Constant or Expression.Unary or Expression.Binary) || e is Expression.Load { Buffer.Type.Row.Size: 1, Row.Size: 1 });

    /// <summary>Prints a value and gives its register.</summary>
    public string Value(Expression e)
    {
        if (_values.TryGetValue(e, out string? known))
            return known;
        string text = e switch
        {
            Expression.Constant c => $"{_block.Class}.Create({FloatLiteral.Of(c.Value)})",
            Expression.Load l when !ReferenceEquals(l.Index.Loop, row) => $"{_block.Class}.Create({scalars.Emit(l, [ColumnBlock.Scalar(0)])[0]})",
            Expression.Load l when l.Index.Table is null => MicroKernel.Read($"{arguments.Tensor(l.Buffer)} + {row.Name}", _block),
            Expression.Load l => $"Simd.Gather({arguments.Tensor(l.Buffer)}, {Index(l.Index.Table!)})",
            Expression.Unary u => SimdFunctions.Unary(u.Kind, u.Parameter, Value(u.X), _block),
            Expression.Binary b => SimdFunctions.Binary(b.Kind, Value(b.A), Value(b.B), _block),
            _ => throw new NotSupportedException($"The expression {e.GetType().Name} has no form with rows side by side."),
        };
        string name = string.Create(CultureInfo.InvariantCulture, $"w{_values.Count}");
        Text.Line($"{_block.Type} {name} = {text};");
        return _values[e] = name;
    }

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
