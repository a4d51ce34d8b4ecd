using System.Globalization;
using GraphEngine.Ir;
using GraphEngine.Kernels;

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
        yield return new Remark("lowering", Text(
            $"{Count(program.Kernels.OfType<Kernel.Gemm>(), "product")}, {Count(loops, "loop over rows", "loops over rows")}, {Count(program.Kernels.OfType<Kernel.Segments>(), "loop over rows with their items", "loops over rows with their items")}, ")
            + Text($"{Count(sums, "sum by type", "sums by type")} in shares that are added in their order; {program.Kernels.Count} kernels in {program.LaunchCount} launches"));
        foreach ((string pass, string text) in Traces(program, loops, sums))
        {
            if (options.IsOn(pass))
                yield return new Remark(pass, text);
        }
    }

    private static IEnumerable<(string Pass, string Text)> Traces(KernelProgram program, Kernel.Traversal[] loops, Kernel.Outer[] sums)
    {
        IEnumerable<Expression.Reduce> rows = program.Kernels.SelectMany(k => k.Expressions).SelectMany(e => e.Descendants()).OfType<Expression.Reduce>().Where(r => r.Kind == ReduceKind.Sum)
            .Distinct<Expression.Reduce>(ReferenceEqualityComparer.Instance);
        yield return ("ordered-sums", $"{Count(rows, "sum over the items of a row", "sums over the items of a row")} in the order of a list, no atomic addition");
        yield return ("mixed-rows", $"{Count(loops.Where(k => k.Stores.Select(s => s.Value.Row.Size).Distinct().Count() > 1), "loop stores", "loops store")} rows together with numbers made of them");
        yield return ("gather-order", $"{Count(loops.Where(k => k.Stores.Any(s => s.At is IndexTable.Items)), "loop visits", "loops visit")} groups in the order of the rows that they read, {Count(sums.Where(s => s.Order is not null), "sum by type is", "sums by type are")} made in that order");
        yield return ("shared-gathers", $"{Count(loops.SelectMany(k => k.ItemStores), "number of items", "numbers of items")} made where their rows are gathered for a sum");
        yield return ("loop-fusion", Text($"{Count(program.Loops, "loop", "loops")} of {program.Loops.Sum(l => l.Count)} kernels in all; {Count(program.Temporaries.Where(b => b.Window is not null), "tensor exists", "tensors exist")} only as the blocks at hand"));
        string[] repeated = [.. program.Kernels.OfType<Kernel.Gemm>().Where(g => g.IsRepeated).Select(g => g.Name)];
        yield return ("recomputation", repeated.Length == 0 ? "no product is made again" : $"{Count(repeated, "product", "products")} made again so that memory need not hold them: {string.Join(", ", repeated)}");
    }

    private static string Count<T>(IEnumerable<T> things, string one, string? many = null)
    {
        int count = things.Count();
        return Text($"{count} {(count == 1 ? one : many ?? one + "s")}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
