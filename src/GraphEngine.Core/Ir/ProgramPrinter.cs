using System.Globalization;
using System.Text;

namespace GraphEngine.Ir;

/// <summary>The stable text form of programs: one line a node, numbered in order of use. Golden tests and dumps are made of it.</summary>
public static class ProgramPrinter
{
    /// <summary>Prints a program.</summary>
    /// <param name="program">The program.</param>
    public static string Print(Program program)
    {
        Dictionary<Node, int> numbers = [];
        StringBuilder text = new();
        foreach (Node node in program.Nodes)
        {
            numbers.Add(node, numbers.Count);
            text.Append(CultureInfo.InvariantCulture, $"%{numbers[node]} = {Describe(node.Op)}");
            if (node.Operands.Count > 0)
                text.Append(CultureInfo.InvariantCulture, $"({string.Join(", ", node.Operands.Select(o => $"%{numbers[o]}"))})");
            text.Append(CultureInfo.InvariantCulture, $" : {node.Type}\n");
            if (node.Op is Op.FixedPoint { Body: Region body })
                text.Append("    ").Append(body.ToString().TrimEnd('\n').Replace("\n", "\n    ", StringComparison.Ordinal)).Append('\n');
        }
        foreach (Output output in program.Outputs)
            text.Append(CultureInfo.InvariantCulture, $"out {output.Name} = %{numbers[output.Value]}\n");
        foreach (Update update in program.Updates)
            text.Append(CultureInfo.InvariantCulture, $"set %{numbers[update.Target]} = %{numbers[update.Value]}\n");
        return text.ToString();
    }

    /// <summary>The text of one op with its attributes.</summary>
    /// <param name="op">The op.</param>
    public static string Describe(Op op) => op switch
    {
        Op.Leaf l => $"{KindNames.Of(l.Role)} {l.Name}",
        Op.Constant c => c.Value.ToString("R", CultureInfo.InvariantCulture),
        Op.InverseDegree d => $"inverse_degree<{d.Map}>",
        Op.Unary u => KindNames.Of(u.Kind, u.Parameter),
        Op.Binary b => KindNames.Of(b.Kind),
        Op.Dropout d => string.Create(CultureInfo.InvariantCulture, $"dropout<{d.Rate:R}, {d.Stream}{(d.Rows is null ? "" : $", {d.Rows}")}>"),
        Op.Detach => "detach",
        Op.Gradient => "gradient",
        Op.Gather g => $"gather<{g.Map}>",
        Op.Reduce r => $"{KindNames.Of(r.Kind)}<{r.Map}>",
        Op.Union u => $"union<{u.First}, {u.Second}>",
        Op.Softmax s => $"softmax<{s.Map}>",
        Op.Linear l => l.Transposed ? $"linear_t<{l.Types}>" : $"linear<{l.Types}>",
        Op.Outer o => $"outer<{o.Map}>",
        Op.ReduceColumns r => $"{KindNames.Of(r.Kind)}_columns",
        Op.SumHeads => "sum_heads",
        Op.Pick p => $"pick<{p.Map}>",
        Op.OneHot h => $"one_hot<{h.Map}>",
        Op.ColumnNumbers c => $"column_numbers<{c.Count}>",
        Op.Rank r => $"rank<{r.Map}>",
        Op.Reshape r => $"reshape<{r.Type}>",
        Op.Expand e => $"expand<{e.Row}>",
        Op.Concat => "concat",
        Op.Slice s => $"slice<{s.Start}, {s.Count}>",
        Op.FixedPoint f => string.Create(CultureInfo.InvariantCulture, $"fixed_point<{f.Contraction:R}, {f.Tolerance:R}>"),
        _ => throw new IrException($"The op {op.GetType().Name} has no text form."),
    };
}
