using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Kernels that read each other's results row by row need not wait for each other when both deal out the rows of one space alike: a lane then reads nothing but what
/// it wrote itself. Where that saves a wait, the kernels get one common <see cref="Kernel.Work"/>, and rows that were not told apart are.
/// </summary>
internal static class RowAlignment
{
    // Rows of fewer elements are worth handling across their ends.
    private const int SmallestRow = 64;

    /// <summary>True when a kernel reads what another one writes only at its own row, and both can deal out their rows alike.</summary>
    /// <param name="writer">The one that writes.</param>
    /// <param name="reader">The one that reads.</param>
    public static bool Holds(Kernel writer, Kernel reader)
    {
        if (RowsOf(writer) is not Space rows || RowsOf(reader) != rows)
            return false;
        HashSet<TensorBuffer> written = [.. writer.Writes];
        // Leaves are replaced only after everyone has read them.
        if (written.Concat(reader.Writes).Any(b => b.IsPersistent) || !written.Where(reader.Reads.Contains).All(b => WritesOwnRow(writer, b)))
            return false;
        RowIndex own = new(reader.Row, null);
        return !(reader is Kernel.Gemm gemm && written.Contains(gemm.Weight))
            && reader.Expressions.SelectMany(e => e.Descendants()).OfType<Expression.Load>().Where(l => written.Contains(l.Buffer)).All(l => l.Index == own);
    }

    /// <summary>Gives kernels of one launch that read each other's rows the same shares.</summary>
    /// <param name="kernels">Ordered kernels.</param>
    /// <param name="launches">The launch of each.</param>
    /// <param name="before">For each kernel, the positions of those whose results it reads.</param>
    public static IReadOnlyList<Kernel> Run(IReadOnlyList<Kernel> kernels, IReadOnlyList<int> launches, IReadOnlyList<IReadOnlySet<int>> before)
    {
        int[] group = [.. Enumerable.Range(0, kernels.Count)];
        for (int k = 0; k < kernels.Count; k++)
        {
            foreach (int b in before[k].Where(b => launches[b] == launches[k]))
            {
                (int from, int to) = (group[b], group[k]);
                for (int i = 0; i < group.Length; i++)
                    group[i] = group[i] == from ? to : group[i];
            }
        }
        Kernel[] result = [.. kernels];
        foreach (int[] members in Enumerable.Range(0, kernels.Count).GroupBy(k => group[k], (_, members) => members.ToArray()).Where(m => m.Length > 1))
        {
            RowWork work = members.Select(m => kernels[m].Work).Aggregate((a, b) => a.With(b));
            foreach (int m in members)
                result[m] = kernels[m] is Kernel.Traversal t ? t with { Work = work, IsFlat = false } : kernels[m] with { Work = work };
        }
        // What finishes the sums of a kernel knows its shares.
        return [.. result.Select(k => k is Kernel.Combine c ? c with { Of = result.OfType<Kernel.Outer>().First(o => ReferenceEquals(o.Partials, c.Of.Partials)) } : k)];
    }

    /// <summary>The space whose rows a kernel visits in their order, dealt out in shares; null when it visits them in another way.</summary>
    private static Space? RowsOf(Kernel kernel) => kernel switch
    {
        Kernel.Traversal t when !t.IsFlat || (t.Stores[0].Target.Type.Row.Size >= SmallestRow && t.Space != Space.One) => t.Space,
        Kernel.Segments s => s.Space,
        Kernel.Gemm g when g.Types.IsSorted => g.Types.From,
        Kernel.Outer o when o.Types.IsSorted => o.Types.From,
        _ => null,
    };

    private static bool WritesOwnRow(Kernel kernel, TensorBuffer buffer) => kernel switch
    {
        Kernel.Traversal t => t.Stores.Where(s => s.Target == buffer).All(s => s.At is null),
        Kernel.Segments s => s.Statements.Where(x => x.Target == buffer).All(x => !s.IsPerItem(x)),
        Kernel.Gemm g => g.Store.At is null,
        Kernel.Outer o => o.Types.IsIdentity,
        _ => false,
    };
}
