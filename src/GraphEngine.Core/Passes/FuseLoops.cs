using System.Numerics;
using GraphEngine.Graphs;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Lets kernels that visit the same rows visit them together, block by block, with blocks as large as a core's cache holds: loop fusion and
/// strip-mining (Wolfe, High Performance Compilers for Parallel Computing, 1996). A kernel that reads another one's results at its own row needs not
/// wait for it; kernels that read the same rows fetch them once. What nothing outside of such a loop touches shrinks to the rows of the blocks at
/// hand (array contraction).
/// </summary>
public static class FuseLoops
{
    // Rows of fewer elements are worth handling across their ends.
    private const int SmallestRow = 64;

    // Rows of fewer elements cost less to read again than to wait for.
    private const int SharedRow = 16;

    // Half a megabyte: a block shares the second-level cache of a core with tiles and weights.
    private const int BlockFloats = 128 * 1024;

    // Blocks are made of whole tiles: of registers with 6 or 12 rows, of 16 numbers side by side.
    private const int TileRows = 48;

    // A worker's share is cut in at least as many blocks: what many workers have at hand of a small graph is to be a part of it all the same.
    private const int LeastBlocks = 2;

    /// <summary>Fuses the loops of a program.</summary>
    /// <param name="program">Kernels that wait for everything they read.</param>
    /// <param name="workers">How many workers deal the rows of a kernel out among them.</param>
    /// <param name="statistics">What is known of the graph; without it every tensor counts as larger than the blocks at hand.</param>
    public static KernelProgram Run(KernelProgram program, int workers, RelationStatistics? statistics)
    {
        (IReadOnlyList<Kernel> kernels, IReadOnlyList<int> launches) = KernelSchedule.Launches(program.Kernels, IsAtHand);
        int[] group = Groups(kernels, launches);
        // Kernels of a loop follow each other; nothing else in their launch waits for them.
        int[] order = [.. Enumerable.Range(0, kernels.Count).GroupBy(k => (launches[k], group[k])).OrderBy(g => g.Key).SelectMany(g => SumsFirst(kernels, [.. g]))];
        Kernel[] fused = [.. order.Select(k => kernels[k])];
        List<FusedLoop> loops = [];
        RowEstimate? rows = statistics is null ? null : new RowEstimate(statistics);
        for (int first = 0, end; first < fused.Length; first = end)
        {
            end = first + 1;
            while (end < fused.Length && group[order[end]] == group[order[first]])
                end++;
            if (end - first == 1)
                continue;
            RowWork work = fused[first..end].Select(k => k.Work).Aggregate((a, b) => a.With(b));
            for (int k = first; k < end; k++)
                fused[k] = fused[k] is Kernel.Traversal t ? t with { Work = work, IsFlat = false } : fused[k] with { Work = work };
            if (!work.Rows.IsSmall)
                loops.Add(new FusedLoop(first, end - first, BlockRows(fused[first..end], rows is null ? null : rows.Of(work.Rows) / workers)));
        }
        foreach (FusedLoop loop in loops)
            Contract(fused, loop, [.. program.Outputs.Values], workers, rows);
        // What finishes the sums of a kernel knows its shares.
        Kernel.Outer[] sums = [.. fused.OfType<Kernel.Outer>()];
        Kernel[] finished = [.. fused.Select(k => k is Kernel.Combine c ? c with { Of = sums.First(o => ReferenceEquals(o.Partials, c.Of.Partials)) } : k)];
        return program with { Kernels = finished, Launches = [.. order.Select(k => launches[k])], Loops = loops };
    }

    /// <summary>
    /// Kernels of a loop in an order in which sums over rows come as soon as they can: nothing in the loop waits for them, and the rows that they are
    /// the last to read are free then.
    /// </summary>
    private static List<int> SumsFirst(IReadOnlyList<Kernel> kernels, List<int> loop)
    {
        HashSet<int>[] before = KernelSchedule.Dependencies([.. loop.Select(k => kernels[k])]);
        List<int> order = [];
        HashSet<int> done = [];
        void Place(int k)
        {
            if (done.Add(k))
                order.Add(loop[k]);
        }

        int[] sums = [.. Enumerable.Range(0, loop.Count).Where(k => kernels[loop[k]] is Kernel.Outer)];
        for (int k = 0; k < loop.Count; k++)
        {
            foreach (int sum in sums.Where(s => !done.Contains(s) && before[s].IsSubsetOf(done)).ToArray())
                Place(sum);
            Place(k);
        }
        return order;
    }

    /// <summary>True when a kernel reads what another one writes only at its own row, and both can deal out their rows alike.</summary>
    private static bool IsAtHand(Kernel writer, Kernel reader)
    {
        if (RowsOf(writer) is not Space rows || RowsOf(reader) != rows)
            return false;
        HashSet<TensorBuffer> written = [.. writer.Writes];
        // Leaves are replaced only after everyone has read them.
        return !written.Concat(reader.Writes).Any(b => b.IsPersistent) && written.Where(reader.Reads.Contains).All(b => RowAccess.WritesOwnRow(writer, b) && RowAccess.ReadsOwnRow(reader, b));
    }

    /// <summary>For each kernel, the first one of the kernels that it visits rows with.</summary>
    private static int[] Groups(IReadOnlyList<Kernel> kernels, IReadOnlyList<int> launches)
    {
        HashSet<int>[] before = KernelSchedule.Dependencies(kernels);
        HashSet<(TensorBuffer, IndexTable?)>[] rows = [.. kernels.Select(SharedRows)];
        int[] group = [.. Enumerable.Range(0, kernels.Count)];
        for (int k = 0; k < kernels.Count; k++)
        {
            for (int b = 0; b < k; b++)
            {
                if (launches[b] != launches[k] || group[b] == group[k] || !(before[k].Contains(b) || (RowsOf(kernels[b]) == RowsOf(kernels[k]) && rows[b].Overlaps(rows[k]))))
                    continue;
                (int from, int to) = (Math.Max(group[b], group[k]), Math.Min(group[b], group[k]));
                for (int i = 0; i < group.Length; i++)
                    group[i] = group[i] == from ? to : group[i];
            }
        }
        return group;
    }

    /// <summary>The rows that a kernel reads one of at each of its own, and that another kernel could find in the cache.</summary>
    private static HashSet<(TensorBuffer, IndexTable?)> SharedRows(Kernel kernel) => RowsOf(kernel) is Space rows && !rows.IsSmall && !kernel.Writes.Any(b => b.IsPersistent)
        ? [.. kernel.Loads.Where(l => ReferenceEquals(l.Index.Loop, kernel.Row) && l.Row.Size >= SharedRow && !l.Buffer.Type.Space.IsSmall).Select(l => (l.Buffer, l.Index.Table))]
        : [];

    private static int BlockRows(IReadOnlyList<Kernel> kernels, long? share)
    {
        int floats = kernels.SelectMany(SharedRows).Distinct().Sum(r => r.Item1.Type.Row.Size)
            + kernels.SelectMany(k => k.Writes.Where(b => RowAccess.WritesOwnRow(k, b))).Distinct().Sum(b => b.Type.Row.Size);
        int cached = Math.Max(1, BlockFloats / Math.Max(1, floats) / TileRows) * TileRows;
        if (share is null || share / LeastBlocks >= cached)
            return cached;
        // In powers of two: the text of a kernel has the rows of a block in it, and graphs of about the same size are to have kernels in common.
        return (1 << BitOperations.Log2((uint)Math.Max(1, share.Value / LeastBlocks / TileRows))) * TileRows;
    }

    private static void Contract(Kernel[] kernels, FusedLoop loop, HashSet<TensorBuffer> outputs, int workers, RowEstimate? rows)
    {
        HashSet<TensorBuffer> elsewhere = [.. kernels.Where((_, k) => k < loop.First || k >= loop.End).SelectMany(k => k.Reads.Concat(k.Writes))];
        Kernel[] members = kernels[loop.First..loop.End];
        foreach (TensorBuffer buffer in members.SelectMany(k => k.Writes).Distinct().Where(b => !b.IsPersistent && !outputs.Contains(b) && !elsewhere.Contains(b)))
        {
            bool isSmaller = rows is null || rows.Of(buffer.Type.Space) > (long)loop.BlockRows * workers;
            if (isSmaller && members.All(k => (!k.Writes.Contains(buffer) || (k is not Kernel.Outer && RowAccess.WritesOwnRow(k, buffer))) && RowAccess.ReadsOwnRow(k, buffer)))
                buffer.Window = new TensorWindow(loop.BlockRows, workers);
        }
        for (int k = loop.First; k < loop.End; k++)
        {
            if (kernels[k] is Kernel.Gemm { Transposed: true } gemm)
                kernels[k] = gemm with { Packed = new TensorBuffer($"packed_{gemm.Name}", new Ir.TensorType(Space.One, gemm.WeightRow), isPersistent: false, workers) };
        }
    }

    /// <summary>The space whose rows a kernel visits in their order, dealt out in shares; null when it visits them in another way.</summary>
    private static Space? RowsOf(Kernel kernel) => kernel switch
    {
        Kernel.Traversal t when !t.IsFlat || (t.Stores[0].Target.Type.Row.Size >= SmallestRow && t.Space != Space.One) => t.Space,
        Kernel.Segments s => s.Space,
        Kernel.Gemm g when g.Types.IsSorted => g.Types.From,
        Kernel.Outer { Order: null } o when o.Types.IsSorted => o.Types.From,
        _ => null,
    };
}
