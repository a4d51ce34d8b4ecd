using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>Sums and maxima over columns and over items.</summary>
internal sealed partial class SimtExpressions
{
    private string ReduceColumns(Expression.ReduceColumns r, SimtBlock block, int scope) =>
        ColumnLanes is { } lanes && SimtColumnLanes.Suits(r) ? ReduceSharedColumns(r, lanes, block, scope) : ReduceOwnColumns(r, block, scope);

    /// <summary>Each lane reads every so many of the registers of columns.</summary>
    private string ReduceSharedColumns(Expression.ReduceColumns r, SimtColumnLanes lanes, SimtBlock block, int scope)
    {
        CodeWriter target = _scopes[scope].Text;
        string result = Fresh("v"), c = Fresh("c");
        Open(null);
        Accumulate(r, result, [block with { Lanes = SimtShapes.Lanes(r.X), Column = c, ColumnScope = Depth, Offset = 0 }], Text);
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
        CodeWriter target = _scopes[scope].Text;
        string result = Fresh("v");
        if (looped > 0)
        {
            string c = Fresh("c");
            Open(null);
            Accumulate(r, result, [.. Enumerable.Range(0, unrolled).Select(i => block with { Lanes = lanes, Column = c, ColumnScope = Depth, Offset = i * lanes })], Text);
            string step = Close();
            target.Line($"float {result} = {(r.Kind == ReduceKind.Sum ? "0f" : "float.NegativeInfinity")};");
            using (target.Open($"for (int {c} = 0; {c} < {looped}; {c} += {unrolled})"))
                target.Lines(step);
        }
        SimtBlock[] rest = [.. Enumerable.Range(looped, count - looped).Select(i => block with { Lanes = lanes, Column = null, ColumnScope = 0, Offset = i * lanes })];
        if (rest.Length > 0)
            Accumulate(r, result, rest, target, declare: looped == 0);
        return result;
    }

    private void Accumulate(Expression.ReduceColumns r, string result, SimtBlock[] blocks, CodeWriter text, bool declare = false)
    {
        bool sum = r.Kind == ReduceKind.Sum;
        string[] values = EmitWide(r.X, r.X.Row, blocks);
        string four = blocks[0].Lanes == 1 ? "" : sum ? "Float4Math.Sum" : "Float4Math.MaxOf";
        string combined = sum
            ? $"{four}({string.Join(" + ", values)})"
            : $"{four}({values.Aggregate((a, b) => SimtFunctions.Binary(BinaryKind.Max, a, b, blocks[0].Lanes))})";
        text.Line(declare ? $"float {result} = {combined};" : $"{result} = {SimtFunctions.Binary(sum ? BinaryKind.Add : BinaryKind.Max, result, combined, 1)};");
    }

    private string[] EmitReduce(Expression.Reduce r, SimtBlock[] blocks, int scope)
    {
        bool sum = r.Kind == ReduceKind.Sum;
        SimtTeam? team = TeamOf(r, scope);
        (string start, string end) = Range(r.Loop, team, scope);
        string[] names = [.. blocks.Select(_ => Fresh("v"))];
        CodeWriter target = _scopes[scope].Text;
        for (int i = 0; i < blocks.Length; i++)
            target.Line($"{blocks[i].Type} {names[i]} = {SimtFunctions.Spread(sum ? "0f" : $"{start} == {end} ? 0f : float.NegativeInfinity", blocks[i].Lanes)};");
        Open(r.Loop);
        string[] bodies = EmitWide(r.Body, r.Row, blocks);
        for (int i = 0; i < blocks.Length; i++)
            Text.Line($"{names[i]} = {SimtFunctions.Binary(sum ? BinaryKind.Add : BinaryKind.Max, names[i], bodies[i], blocks[i].Lanes)};");
        Loop(target, r.Loop.Name, team, start, end, Close());
        foreach (IGrouping<int, int> alike in Enumerable.Range(0, blocks.Length).GroupBy(i => blocks[i].Lanes))
            team?.Combine(target, r.Kind, [.. alike.Select(i => names[i])], alike.Key);
        return names;
    }

    /// <summary>The lanes that share the items of a reduction; null inside a loop over items, where every lane is on its own.</summary>
    private SimtTeam? TeamOf(Expression.Reduce r, int scope) => _scopes.Take(scope + 1).Count(s => s.Loop is not null) == 1 && r.Loop.Outer!.Loop == RowLoop ? Team : null;

    /// <summary>Prints where the items of a row begin and end.</summary>
    private (string Start, string End) Range(LoopVariable items, SimtTeam? team, int scope)
    {
        string pointers = $"a.{arguments.Table(new IndexTable.Pointers(items.Map!))}", row = Row(items.Outer!), end = Fresh("e"), start = Fresh("s"), last = $"{pointers}[{row} + 1]";
        _scopes[scope].Text.Line($"int {start} = {pointers}[{row}], {end} = {(team is null ? last : SimtTeam.End(last, start))};");
        return (start, end);
    }

    private void Loop(CodeWriter target, string p, SimtTeam? team, string start, string end, string item)
    {
        if (team is not null)
        {
            SimtTeam.ReadingLoop(target, p, start, end, item, Fresh("q"), team.Schedule);
            return;
        }
        using (target.Open($"for (int {p} = {start}; {p} < {end}; {p}++)"))
            target.Lines(item);
    }
}
