using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <content>A maximum, and the sums whose exponentials are relative to it, in one loop over the items of a row.</content>
internal sealed partial class SimdExpressions
{
    /// <summary>Prints such a loop for the blocks of a reduction, when it is one of those and the maximum is not known yet; null otherwise.</summary>
    private string[]? EmitOnline(Expression.Reduce r, ColumnBlock[] blocks, int scope)
    {
        Expression.Reduce maximum = _online.MaximumOf(r) ?? r;
        ColumnBlock[] own = [.. blocks.Select(b => Own(maximum, b)).Distinct()];
        IReadOnlyList<Expression.Reduce> all = _online.SumsWith(maximum);
        if (all.Count == 0 || Target(maximum, own) != scope || own.Any(b => _scopes[scope].Values.ContainsKey((maximum, b))))
            return null;
        // Numbers of the row are made with whatever is asked for; rows of them when they are.
        OnlineSum[] sums = [.. all
            .Where(s => ReferenceEquals(s, r) || (s.Row == maximum.Row && Target(s, own) == scope))
            .Select(s => ReferenceEquals(s, r) ? Declare(s, blocks) : Declare(s, own))];
        if (sums.Length == 0)
            return null;
        string pointers = arguments.Table(new IndexTable.Pointers(r.Loop.Map!)), row = Row(r.Loop.Outer!), p = r.Loop.Name, end = Fresh("e"), start = Fresh("s");
        CodeWriter target = _scopes[scope].Text;
        target.Line($"int {start} = {pointers}[{row}], {end} = {pointers}[{row} + 1];");
        string[] largest = [.. own.Select(_ => Fresh("v"))];
        for (int i = 0; i < own.Length; i++)
        {
            // Finite, so that a logit of minus infinity before the first finite one has the weight 0.
            target.Line($"{own[i].Type} {largest[i]} = {Spread("float.MinValue", own[i])};");
            _scopes[scope].Values[(maximum, own[i])] = largest[i];
        }
        foreach ((ColumnBlock block, string register) in sums.SelectMany(s => s.Blocks.Zip(s.Registers)))
            target.Line($"{block.Type} {register} = {Spread("0f", block)};");
        Open(r.Loop);
        string[] logits = EmitWide(maximum.Body, own);
        for (int i = 0; i < own.Length; i++)
            Rescale(own[i], logits[i], largest[i], sums.SelectMany(s => s.Blocks.Zip(s.Registers)).Where(x => Own(maximum, x.First) == own[i]).Select(x => x.Second));
        foreach (OnlineSum sum in sums)
            Add(sum.Of.Body, sum.Registers, sum.Blocks);
        string text = Close();
        using (target.Open($"for (int {p} = {start}; {p} < {end}; {p}++)"))
            target.Lines(text);
        // The maximum over no items is 0.
        foreach (string name in largest)
            target.Line($"if ({start} == {end}) {name} = default;");
        foreach (OnlineSum sum in sums)
        {
            for (int i = 0; i < sum.Blocks.Length; i++)
                _scopes[scope].Values[(sum.Of, sum.Blocks[i])] = sum.Registers[i];
        }
        return [.. blocks.Select(b => _scopes[scope].Values[(r, b)])];
    }

    /// <summary>Prints what a larger logit does to the sums so far: few of a row's logits are larger than all before.</summary>
    private void Rescale(ColumnBlock block, string logit, string largest, IEnumerable<string> registers)
    {
        string before = Fresh("v"), factor = Fresh("v");
        using (Text.Open(block.Lanes == 1 ? $"if ({logit} > {largest})" : $"if ({block.Class}.GreaterThanAny({logit}, {largest}))"))
        {
            Text.Line($"{block.Type} {before} = {largest};").Line($"{largest} = {SimdFunctions.Binary(BinaryKind.Max, largest, logit, block)};");
            Text.Line($"{block.Type} {factor} = Simd.Exp({before} - {largest});");
            foreach (string register in registers)
                Text.Line($"{register} *= {factor};");
        }
    }

    private OnlineSum Declare(Expression.Reduce sum, ColumnBlock[] blocks) => new(sum, blocks, [.. blocks.Select(_ => Fresh("v"))]);

    private static string Spread(string number, ColumnBlock block) => block.Lanes == 1 ? number : $"{block.Class}.Create({number})";

    private sealed record OnlineSum(Expression.Reduce Of, ColumnBlock[] Blocks, string[] Registers);
}
