using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <content>Sums and maxima over columns and over items.</content>
internal sealed partial class SimtExpressions
{
    protected override string EmitColumns(Expression.ReduceColumns r, SimtBlock block, int scope) =>
        ColumnLanes is { } lanes && SimtColumnLanes.Suits(r) ? ReduceSharedColumns(r, lanes, block, scope) : ReduceOwnColumns(r, block, scope);

    /// <summary>Each lane reads every so many of the registers of columns.</summary>
    private string ReduceSharedColumns(Expression.ReduceColumns r, SimtColumnLanes lanes, SimtBlock block, int scope)
    {
        CodeWriter target = Scopes[scope].Text;
        string result = Fresh("v"), c = Fresh("c");
        Open(null);
        AddColumns(r, result, [block with { Lanes = SimtShapes.Lanes(r.X), Column = c, ColumnScope = Depth, Offset = 0 }], Text);
        string step = Close();
        target.Line($"float {result} = {(r.Kind == ReduceKind.Sum ? "0f" : "float.NegativeInfinity")};");
        using (target.Open($"for (int {c} = lane; {c} < {r.X.Row.HeadSize / SimtShapes.Lanes(r.X)}; {c} += lanes)"))
            target.Lines(step);
        lanes.Combine(target, r.Kind, result);
        return result;
    }

    /// <summary>A loop over the columns in the work item itself, in steps of a few registers; narrow vectors are unrolled.</summary>
    private string ReduceOwnColumns(Expression.ReduceColumns r, SimtBlock block, int scope)
    {
        const int unrolled = 4;
        int lanes = SimtShapes.Lanes(r.X), count = r.X.Row.HeadSize / lanes, looped = count > 2 * unrolled ? count / unrolled * unrolled : 0;
        CodeWriter target = Scopes[scope].Text;
        string result = Fresh("v");
        if (looped > 0)
        {
            string c = Fresh("c");
            Open(null);
            AddColumns(r, result, [.. Enumerable.Range(0, unrolled).Select(i => block with { Lanes = lanes, Column = c, ColumnScope = Depth, Offset = i * lanes })], Text);
            string step = Close();
            target.Line($"float {result} = {(r.Kind == ReduceKind.Sum ? "0f" : "float.NegativeInfinity")};");
            using (target.Open($"for (int {c} = 0; {c} < {looped}; {c} += {unrolled})"))
                target.Lines(step);
        }
        SimtBlock[] rest = [.. Enumerable.Range(looped, count - looped).Select(i => block with { Lanes = lanes, Column = null, ColumnScope = 0, Offset = i * lanes })];
        if (rest.Length > 0)
            AddColumns(r, result, rest, target, declare: looped == 0);
        return result;
    }

    private void AddColumns(Expression.ReduceColumns r, string result, SimtBlock[] blocks, CodeWriter text, bool declare = false)
    {
        bool sum = r.Kind == ReduceKind.Sum;
        string[] values = EmitWide(r.X, r.X.Row, blocks);
        string four = blocks[0].Lanes == 1 ? "" : sum ? "Float4Math.Sum" : "Float4Math.MaxOf";
        string combined = sum
            ? $"{four}({string.Join(" + ", values)})"
            : $"{four}({values.Aggregate((a, b) => SimtFunctions.Binary(BinaryKind.Max, a, b, blocks[0].Lanes))})";
        text.Line(declare ? $"float {result} = {combined};" : $"{result} = {SimtFunctions.Binary(sum ? BinaryKind.Add : BinaryKind.Max, result, combined, 1)};");
    }

    protected override ItemLoop Begin(Expression.Reduce r, int scope)
    {
        // Inside a loop over items every lane is on its own.
        if (Team is null || Scopes.Take(scope + 1).Count(s => s.Loop is not null) != 1 || r.Loop.Outer!.Loop != RowLoop)
            return base.Begin(r, scope);
        (string first, string last) = Bounds(r);
        TeamLoop loop = new(r, scope, End: Fresh("e"), Start: Fresh("s"), Team: Team);
        Scopes[scope].Text.Line($"int {loop.Start} = {first}, {loop.End} = {SimtTeam.End(last, loop.Start)};");
        return loop;
    }

    protected override void Print(ItemLoop loop, string item)
    {
        if (loop is TeamLoop { Team: SimtTeam team })
            SimtTeam.ReadingLoop(Scopes[loop.Scope].Text, loop.Of.Loop.Name, loop.Start, loop.End, item, Fresh("q"), team.Schedule);
        else
            base.Print(loop, item);
    }

    protected override void Accumulate(ReduceKind kind, Expression value, RowShape result, IReadOnlyList<string> registers, SimtBlock[] blocks)
    {
        string[] values = EmitWide(value, result, blocks);
        for (int i = 0; i < blocks.Length; i++)
            Text.Line($"{registers[i]} = {SimtFunctions.Binary(kind == ReduceKind.Sum ? BinaryKind.Add : BinaryKind.Max, registers[i], values[i], blocks[i].Lanes)};");
    }

    /// <summary>A work item has one head. Logits with columns of their own are compared four at a time: a loop for the maximum comes first.</summary>
    protected override bool CanBeOnline(SimtBlock[] maximum) => maximum is [{ Lanes: 1 }];

    protected override void Rescale(SimtBlock block, string logit, string largest, IEnumerable<(SimtBlock Block, string Register)> sums)
    {
        using (Text.Open($"if ({logit} > {largest})"))
        {
            Scale(Text, sums, $"{largest} - {logit}");
            Text.Line($"{largest} = {logit};");
        }
    }

    protected override void Finish(ItemLoop loop, string[] registers, SimtBlock[] blocks)
    {
        if (loop is TeamLoop { Team: SimtTeam team })
            Combine(Scopes[loop.Scope].Text, team, loop.Of.Kind, blocks.Zip(registers));
    }

    /// <summary>The sums of all lanes together, each relative to the largest logit that any of them met.</summary>
    protected override void FinishOnline(ItemLoop loop, string[] largest, IReadOnlyList<RowSum> sums)
    {
        if (loop is not TeamLoop { Team: SimtTeam team })
            return;
        CodeWriter target = Scopes[loop.Scope].Text;
        (SimtBlock Block, string Register)[] parts = [.. sums.SelectMany(s => s.Parts)];
        string own = Fresh("v");
        target.Line($"float {own} = {largest[0]};");
        team.Combine(target, ReduceKind.Max, largest, 1);
        Scale(target, parts, $"{own} - {largest[0]}");
        Combine(target, team, ReduceKind.Sum, parts);
    }

    private static void Combine(CodeWriter target, SimtTeam team, ReduceKind kind, IEnumerable<(SimtBlock Block, string Register)> parts)
    {
        foreach (IGrouping<int, (SimtBlock Block, string Register)> alike in parts.GroupBy(p => p.Block.Lanes))
            team.Combine(target, kind, [.. alike.Select(p => p.Register)], alike.Key);
    }

    private void Scale(CodeWriter text, IEnumerable<(SimtBlock Block, string Register)> sums, string exponent)
    {
        string factor = Fresh("v");
        text.Line($"float {factor} = {SimtFunctions.Unary(UnaryKind.Exp, 0, exponent, 1)};");
        foreach ((SimtBlock block, string register) in sums)
            text.Line($"{register} = {SimtFunctions.Binary(BinaryKind.Mul, register, SimtFunctions.Spread(factor, block.Lanes), block.Lanes)};");
    }

    /// <summary>A loop over items that lanes share.</summary>
    private sealed record TeamLoop(Expression.Reduce Of, int Scope, string Start, string End, SimtTeam Team) : ItemLoop(Of, Scope, Start, End);
}
