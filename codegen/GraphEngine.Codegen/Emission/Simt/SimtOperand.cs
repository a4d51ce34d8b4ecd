using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// An operand of a product as a function of row, head and column: a plain row of memory, a gathered one or anything else that can be computed. It is
/// inlined where a tile is filled.
/// </summary>
/// <param name="Name">The function.</param>
/// <param name="Value">The operand.</param>
internal sealed record SimtOperand(string Name, Expression Value)
{
    /// <summary>How many columns one call gives.</summary>
    public int Lanes { get; } = SimtShapes.Lanes(Value);

    /// <summary>True when a call is a loop over items: not to be made for rows that nobody needs.</summary>
    public bool IsSum { get; } = Value.Descendants().Any(e => e is Expression.Reduce);

    /// <summary>Prints the function.</summary>
    /// <param name="w">The members of the kernel.</param>
    /// <param name="arguments">Names of tensors and tables.</param>
    /// <param name="row">The loop over rows.</param>
    public void Print(CodeWriter w, KernelArguments arguments, LoopVariable row)
    {
        SimtBlock block = SimtBlock.One with { Lanes = Lanes, Column = Value.Row.HeadSize > 1 ? "c" : null, Head = Value.Row.Heads > 1 ? "h" : null };
        SimtExpressions expressions = new(arguments, [Value]);
        expressions.Open(null);
        expressions.Open(row);
        string value = expressions.EmitWide(Value, Value.Row, [block])[0];
        string body = expressions.Close(), constants = expressions.Close();
        w.Line();
        using (w.Open($"private static {block.Type} {Name}(Args a, int {row.Name}, int h, int c)"))
            w.Lines(constants).Lines(body).Line($"return {value};");
    }

    /// <summary>A call.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column, in units of lanes.</param>
    /// <param name="head">The head.</param>
    public string Call(string row, string column, string head = "h") => $"{Name}(a, {row}, {head}, {column})";
}
