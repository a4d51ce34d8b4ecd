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
        // Inside a loop over items every lane is on its own.
        SimtTeam? team = _scopes.Take(scope + 1).Count(s => s.Loop is not null) == 1 && r.Loop.Outer!.Loop == RowLoop ? Team : null;
        string pointers = $"a.{arguments.Table(new IndexTable.Pointers(r.Loop.Map!))}", row = Row(r.Loop.Outer!), p = r.Loop.Name;
        string end = Fresh("e"), start = Fresh("s");
        string[] names = [.. blocks.Select(_ => Fresh("v"))];
        CodeWriter target = _scopes[scope].Text;
        target.Line(team is null
            ? $"int {start} = {pointers}[{row}], {end} = {pointers}[{row} + 1];"
            : $"int {start} = {pointers}[{row}], {end} = {SimtTeam.End($"{pointers}[{row} + 1]", start)};");
        for (int i = 0; i < blocks.Length; i++)
            target.Line($"{blocks[i].Type} {names[i]} = {SimtFunctions.Spread(sum ? "0f" : $"{start} == {end} ? 0f : float.NegativeInfinity", blocks[i].Lanes)};");
        Open(r.Loop);
        string[] bodies = EmitWide(r.Body, r.Row, blocks);
        for (int i = 0; i < blocks.Length; i++)
            Text.Line($"{names[i]} = {SimtFunctions.Binary(sum ? BinaryKind.Add : BinaryKind.Max, names[i], bodies[i], blocks[i].Lanes)};");
        string text = Close();
        if (team is not null)
            SimtTeam.ReadingLoop(target, p, start, end, text, Fresh("q"), team.Schedule);
        else
        {
            using (target.Open($"for (int {p} = {start}; {p} < {end}; {p}++)"))
                target.Lines(text);
        }
        foreach (IGrouping<int, int> alike in Enumerable.Range(0, blocks.Length).GroupBy(i => blocks[i].Lanes))
            team?.Combine(target, r.Kind, [.. alike.Select(i => names[i])], alike.Key);
        return names;
    }
}
