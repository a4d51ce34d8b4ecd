namespace GraphEngine.Kernels;

/// <summary>
/// Tensors that can take the place of another one in the launch that touches both: each of their rows is written after the same row of the other one
/// was read for the last time, by the same worker. In a loop of several kernels these are rows that an earlier kernel read; within one kernel each
/// element must be read right before it is replaced.
/// </summary>
internal static class Succession
{
    /// <summary>For each tensor that takes the place of another one, the other one.</summary>
    /// <param name="program">The program.</param>
    public static IReadOnlyDictionary<TensorBuffer, TensorBuffer> Of(KernelProgram program)
    {
        HashSet<TensorBuffer> outputs = [.. program.Outputs.Values];
        // Positions of the kernels that touch each temporary.
        Dictionary<TensorBuffer, List<int>> uses = [];
        for (int k = 0; k < program.Kernels.Count; k++)
        {
            foreach (TensorBuffer buffer in program.Kernels[k].Reads.Concat(program.Kernels[k].Writes).Where(b => !b.IsPersistent && b.Window is null && b.FixedRows == 0).Distinct())
                (uses.TryGetValue(buffer, out List<int>? list) ? list : uses[buffer] = []).Add(k);
        }
        // What is made again has a life between others, and keeps its place to itself.
        foreach (TensorBuffer repeated in program.Kernels.OfType<Kernel.Gemm>().Where(g => g.IsRepeated).SelectMany(g => g.Writes))
            uses.Remove(repeated);
        ILookup<int, TensorBuffer> ending = uses.Where(u => !outputs.Contains(u.Key)).ToLookup(u => program.Launches[u.Value[^1]], u => u.Key);
        Dictionary<TensorBuffer, TensorBuffer> places = [];
        HashSet<TensorBuffer> taken = [];
        foreach ((TensorBuffer next, List<int> positions) in uses.OrderBy(u => u.Value[0]))
        {
            int launch = program.Launches[positions[0]];
            int[] NowIn(TensorBuffer buffer) => [.. uses[buffer].Where(k => program.Launches[k] == launch)];
            TensorBuffer? before = ending[launch].FirstOrDefault(b => b.Type.Space == next.Type.Space && b.Type.Row == next.Type.Row
                && program.Launches[uses[b][0]] < launch && !taken.Contains(b) && Follows(program, b, NowIn(b), next, NowIn(next)));
            if (before is not null && taken.Add(before))
                places[next] = before;
        }
        return places;
    }

    private static bool Follows(KernelProgram program, TensorBuffer before, int[] reads, TensorBuffer next, int[] uses)
    {
        if (reads[^1] > uses[0] || (reads[^1] == uses[0] && RowAccess.ReadsOtherElements(program.Kernels[uses[0]], before)))
            return false;
        int[] all = [.. reads, .. uses];
        // Alone in its launch, or side by side with kernels that visit the same rows.
        return all.All(k => k == all[0]) || (program.Loops.FirstOrDefault(l => l.First <= all[0] && all[0] < l.End) is FusedLoop loop && all.All(k => k < loop.End && k >= loop.First
            && RowAccess.ReadsOwnRow(program.Kernels[k], before) && RowAccess.ReadsOwnRow(program.Kernels[k], next) && RowAccess.WritesOwnRow(program.Kernels[k], next)));
    }
}
