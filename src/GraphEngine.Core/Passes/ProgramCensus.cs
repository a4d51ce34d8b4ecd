using System.Globalization;
using GraphEngine.Ir;

namespace GraphEngine.Passes;

/// <summary>Counts what a program computes, and where: the difference between two counts says what a pass did.</summary>
internal static class ProgramCensus
{
    /// <summary>What is different in the second program.</summary>
    /// <param name="before">The program that a pass was given.</param>
    /// <param name="after">The program that it made.</param>
    public static string Change(Program before, Program after)
    {
        if (ReferenceEquals(before, after))
            return "found nothing to do";
        Dictionary<(string Kind, string Space), int> old = Count(before), young = Count(after);
        IEnumerable<string> changes = old.Keys.Union(young.Keys).Where(k => old.GetValueOrDefault(k) != young.GetValueOrDefault(k))
            .OrderBy(k => k.Kind, StringComparer.Ordinal).ThenBy(k => k.Space, StringComparer.Ordinal)
            .GroupBy(k => k.Kind, k => Step($"of {k.Space}", old.GetValueOrDefault(k), young.GetValueOrDefault(k)))
            .Select(kind => $"{kind.Key} {string.Join(", ", kind)}");
        IEnumerable<string> all = before.Nodes.Count == after.Nodes.Count ? [] : [Step("nodes in all", before.Nodes.Count, after.Nodes.Count)];
        string text = string.Join("; ", changes.Concat(all));
        return text.Length == 0 ? "puts nodes in the place of as many others" : text;
    }

    private static Dictionary<(string Kind, string Space), int> Count(Program program) =>
        program.Nodes.Where(n => KindOf(n.Op) is not null).CountBy(n => (KindOf(n.Op)!, n.Space.Name)).ToDictionary();

    private static string Step(string what, int before, int after) => string.Create(CultureInfo.InvariantCulture, $"{what} {before} to {after}");

    private static string? KindOf(Op op) => op switch
    {
        Op.Linear => "products",
        Op.Outer => "weight gradients",
        Op.ReduceColumns { Kind: ReduceKind.Sum } => "dots",
        Op.Reduce { Kind: ReduceKind.Max } => "maxima",
        Op.Reduce { Map.Pieces: not null } => "sums of pieces",
        Op.Reduce => "sums",
        Op.Binary { Kind: BinaryKind.Div } => "divisions",
        Op.Softmax => "softmaxes",
        Op.FixedPoint => "fixed points",
        _ => null,
    };
}
