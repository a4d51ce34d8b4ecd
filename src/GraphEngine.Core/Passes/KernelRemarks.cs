using System.Globalization;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>What lowering and the passes after it did, read from the kernels.</summary>
internal static class KernelRemarks
{
    /// <summary>A remark for each pass that has left a trace in the kernels, or none where it could have.</summary>
    /// <param name="program">The finished program.</param>
    /// <param name="options">Which passes ran.</param>
    public static IEnumerable<Remark> Of(KernelProgram program, PipelineOptions options)
    {
        Kernel.Traversal[] loops = [.. program.Kernels.OfType<Kernel.Traversal>()];
        Kernel.Outer[] sums = [.. program.Kernels.OfType<Kernel.Outer>()];
        Kernel.Segments[] segments = [.. program.Kernels.OfType<Kernel.Segments>()];
        yield return new Remark("lowering", string.Join(", ",
            Count(program.Kernels.OfType<Kernel.Gemm>(), "product"),
            $"{Count(Parts<Expression.ReduceColumns>(program).Where(IsDot), "dot")} of rows",
            Count(loops, "loop over rows", "loops over rows"),
            segments.Length == 0 ? "no softmax in one loop" : $"{Count(segments, "loop")} with {Count(segments.SelectMany(s => s.Statements), "statement")} over rows and their items, as maximum, exponentials and sum of a softmax",
            $"{Count(sums, "sum by type", "sums by type")} in shares that are added in their order") + Text($"; {program.Kernels.Count} kernels in {program.LaunchCount} launches"));
        foreach ((string pass, string text) in Traces(program, loops, segments, sums))
        {
            if (options.IsOn(pass))
                yield return new Remark(pass, text);
        }
    }

    private static IEnumerable<(string Pass, string Text)> Traces(KernelProgram program, Kernel.Traversal[] loops, Kernel.Segments[] segments, Kernel.Outer[] sums)
    {
        ILookup<bool, IndexMap> rows = Parts<Expression.Reduce>(program).Where(r => r.Kind == ReduceKind.Sum).Select(r => r.Loop.Map!).ToLookup(m => m.IsSorted);
        yield return ("ordered-sums", $"{Count(rows.SelectMany(m => m), "sum")} over the items of a row, without atomic additions: {Along(rows[true], "of items that lie side by side (CSR)")}, {Along(rows[false], "in the order of a list (CSC)")}");
        yield return ("kept-exponentials", $"{Count(loops.SelectMany(l => l.AllStores).Concat(segments.SelectMany(s => s.Statements)).Where(IsExponentialOfEdges), "tensor")} of exponentials, a number per edge and head");
        OnlineSums online = new(program.Kernels.SelectMany(k => k.Expressions));
        yield return ("online-softmax", $"{Count(online.Maxima, "maximum is", "maxima are")} found in the loops of {Count(online.Maxima.SelectMany(online.SumsWith), "sum")} of exponentials");
        yield return ("mixed-rows", $"{Count(loops.Where(k => k.Stores.Select(s => s.Value.Row.Size).Distinct().Count() > 1), "loop stores", "loops store")} rows together with numbers made of them");
        yield return ("gather-order", $"{Count(loops.Where(k => k.Stores.Any(s => s.At is IndexTable.Items)), "loop visits", "loops visit")} groups in the order of the rows that they read, {Count(sums.Where(s => s.Order is not null), "sum by type is", "sums by type are")} made in that order");
        yield return ("shared-gathers", $"{Count(loops.SelectMany(k => k.ItemStores), "number of items", "numbers of items")} made where their rows are gathered for a sum");
        yield return ("loop-fusion", Text($"{Count(program.Loops, "loop", "loops")} of {program.Loops.Sum(l => l.Count)} kernels in all; {Count(program.Temporaries.Where(b => b.Window is not null), "tensor exists", "tensors exist")} only as the blocks at hand"));
        string[] repeated = [.. program.Kernels.OfType<Kernel.Gemm>().Where(g => g.IsRepeated).Select(g => g.Name)];
        yield return ("recomputation", repeated.Length == 0 ? "no product is made again" : $"{Count(repeated, "product", "products")} made again so that memory need not hold them: {string.Join(", ", repeated)}");
    }

    private static IEnumerable<T> Parts<T>(KernelProgram program) where T : Expression =>
        program.Kernels.SelectMany(k => k.Expressions).SelectMany(e => e.Descendants()).OfType<T>().Distinct<T>(ReferenceEqualityComparer.Instance);

    private static bool IsExponentialOfEdges(Store store) => store.Value is Expression.Unary { Kind: UnaryKind.Exp } && Materialize.IsEdges(store.Target.Type.Space);

    private static bool IsDot(Expression.ReduceColumns sum) => sum is { Kind: ReduceKind.Sum, X: Expression.Binary { Kind: BinaryKind.Mul } };

    private static string Along(IEnumerable<IndexMap> maps, string how)
    {
        string[] each = [.. maps.GroupBy(m => m.Name).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Text($"{g.Count()} along {g.Key}"))];
        return each.Length == 0 ? $"none {how}" : $"{string.Join(", ", each)} {how}";
    }

    private static string Count<T>(IEnumerable<T> things, string one, string? many = null)
    {
        int count = things.Count();
        return Text($"{count} {(count == 1 ? one : many ?? one + "s")}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
