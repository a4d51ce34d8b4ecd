using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <content>A maximum, and the sums whose exponentials are relative to it, in one loop over the items of a row.</content>
internal sealed partial class SimtExpressions
{
    /// <summary>Prints such a loop for the blocks of a reduction, when it is one of those and the maximum is not known yet; null otherwise.</summary>
    private string[]? EmitOnline(Expression.Reduce r, SimtBlock[] blocks, int scope)
    {
        Expression.Reduce maximum = _online.MaximumOf(r) ?? r;
        SimtBlock[] own = [.. blocks.Select(b => Own(maximum, r.Row, b)).Distinct()];
        // A work item has one head. Logits with columns of their own are compared four at a time: a loop for the maximum comes first.
        if (_online.SumsWith(maximum).Count == 0 || own is not [{ Lanes: 1 }] || Target(maximum, own) != scope || _scopes[scope].Values.ContainsKey((maximum, own[0])))
            return null;
        // Numbers of the row are made with whatever is asked for.
        OnlineSum[] sums = [.. _online.SumsWith(maximum)
            .Where(s => ReferenceEquals(s, r) || (s.Row == maximum.Row && Target(s, own) == scope))
            .Select(s => ReferenceEquals(s, r) ? Declare(s, blocks) : Declare(s, own))];
        if (sums.Length == 0)
            return null;
        SimtTeam? team = TeamOf(r, scope);
        (string start, string end) = Range(r.Loop, team, scope);
        CodeWriter target = _scopes[scope].Text;
        string largest = Fresh("v");
        // Finite, so that a logit of minus infinity before the first finite one has the weight 0.
        target.Line($"float {largest} = float.MinValue;");
        _scopes[scope].Values[(maximum, own[0])] = largest;
        foreach ((SimtBlock block, string register) in sums.SelectMany(s => s.Blocks.Zip(s.Registers)))
            target.Line($"{block.Type} {register} = {SimtFunctions.Spread("0f", block.Lanes)};");
        Open(r.Loop);
        string logit = Emit(maximum.Body, own)[0];
        using (Text.Open($"if ({logit} > {largest})"))
        {
            Scale(Text, sums, $"{largest} - {logit}");
            Text.Line($"{largest} = {logit};");
        }
        foreach (OnlineSum sum in sums)
        {
            string[] summands = EmitWide(sum.Of.Body, sum.Of.Row, sum.Blocks);
            for (int i = 0; i < summands.Length; i++)
                Text.Line($"{sum.Registers[i]} = {SimtFunctions.Binary(BinaryKind.Add, sum.Registers[i], summands[i], sum.Blocks[i].Lanes)};");
        }
        Loop(target, r.Loop.Name, team, start, end, Close());
        if (team is not null)
            Combine(target, team, largest, sums);
        // The maximum over no items is 0.
        target.Line($"{largest} = {start} == {end} ? 0f : {largest};");
        foreach (OnlineSum sum in sums)
        {
            for (int i = 0; i < sum.Blocks.Length; i++)
                _scopes[scope].Values[(sum.Of, sum.Blocks[i])] = sum.Registers[i];
        }
        return [.. blocks.Select(b => _scopes[scope].Values[(r, b)])];
    }

    /// <summary>Prints the sums of all lanes together, each relative to the largest logit that any of them met.</summary>
    private void Combine(CodeWriter target, SimtTeam team, string largest, OnlineSum[] sums)
    {
        string own = Fresh("v");
        target.Line($"float {own} = {largest};");
        team.Combine(target, ReduceKind.Max, [largest], 1);
        Scale(target, sums, $"{own} - {largest}");
        foreach (IGrouping<int, (SimtBlock Block, string Register)> alike in sums.SelectMany(s => s.Blocks.Zip(s.Registers)).GroupBy(x => x.First.Lanes))
            team.Combine(target, ReduceKind.Sum, [.. alike.Select(x => x.Register)], alike.Key);
    }

    private void Scale(CodeWriter text, OnlineSum[] sums, string exponent)
    {
        string factor = Fresh("v");
        text.Line($"float {factor} = {SimtFunctions.Unary(UnaryKind.Exp, 0, exponent, 1)};");
        foreach ((SimtBlock block, string register) in sums.SelectMany(s => s.Blocks.Zip(s.Registers)))
            text.Line($"{register} = {SimtFunctions.Binary(BinaryKind.Mul, register, SimtFunctions.Spread(factor, block.Lanes), block.Lanes)};");
    }

    private OnlineSum Declare(Expression.Reduce sum, SimtBlock[] blocks) => new(sum, blocks, [.. blocks.Select(_ => Fresh("v"))]);

    private sealed record OnlineSum(Expression.Reduce Of, SimtBlock[] Blocks, string[] Registers);
}
