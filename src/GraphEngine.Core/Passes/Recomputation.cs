using GraphEngine.Graphs;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Makes products again where a backward pass reads them long after the forward pass did, if a step would need much more memory than the rows of its
/// graph take: keys of groups, for instance, are read by the logits and then not before the gradients of queries. The product runs a second time,
/// into the same tensor, right before it is read, and its memory serves others in between. The rule of checkpointing (Chen et al. 2016, arXiv
/// 1604.06174), applied to single products.
/// </summary>
public static class Recomputation
{
    /// <summary>
    /// How much a layer may need without it, in multiples of a row per target group, three per node and a number per edge and head, beside weights
    /// with their gradients and states.
    /// </summary>
    public const double Budget = 1.2;

    // Each costs as much time as it did the first time.
    private const int MostRepeated = 3;

    // A tensor that is free for fewer launches makes room for nothing.
    private const int LeastGap = 3;

    /// <summary>Runs the pass.</summary>
    /// <param name="program">Kernels in their final order.</param>
    /// <param name="statistics">The relations of the graph it will run on; nothing is made again where they are not known.</param>
    /// <param name="layers">How many layers of messages the program has.</param>
    public static KernelProgram Run(KernelProgram program, RelationStatistics? statistics, int layers)
    {
        if (statistics is null || !Candidates(program).Any())
            return program;
        RowEstimate rows = new(statistics);
        return Run(program, rows.BytesOf, Allowed(program, rows, layers));
    }

    /// <summary>Makes as many products again as it takes for all temporaries to fit; none where that is not enough, since each costs time.</summary>
    /// <param name="program">Kernels in their final order.</param>
    /// <param name="bytes">The size of a tensor.</param>
    /// <param name="allowed">What temporaries may take together.</param>
    public static KernelProgram Run(KernelProgram program, Func<TensorBuffer, long> bytes, long allowed)
    {
        // No order of kernels makes room for less than the largest tensor.
        if (program.Temporaries.Select(bytes).DefaultIfEmpty(0).Max() > allowed)
            return program;
        KernelProgram result = program;
        ArenaPlan plan = ArenaPlan.Run(program, bytes);
        for (int repeated = 0; plan.Bytes > allowed; repeated++)
        {
            if (repeated == MostRepeated)
                return program;
            (KernelProgram Program, ArenaPlan Plan)[] next = [.. Candidates(result).SelectMany(c => (KernelProgram[])[Within(result, c.Position, c.Launch), After(result, c.Position, c.Launch)])
                .Select(p => (p, ArenaPlan.Run(p, bytes)))];
            if (next.Length == 0)
                return program;
            // The first of two that only help together does not make the slab smaller, but leaves it emptier.
            (result, plan) = next.MinBy(n => (n.Plan.Bytes, n.Plan.Slots.Sum(s => s.Bytes * (s.Last - s.First + 1))));
        }
        return result;
    }

    /// <summary>
    /// What temporaries may take: the budget, and gradients as large as the parameters where these are updated, less what lies outside.
    /// </summary>
    private static long Allowed(KernelProgram program, RowEstimate rows, int layers)
    {
        Kernel.Gemm widest = Candidates(program).Select(c => (Kernel.Gemm)program.Kernels[c.Position]).MaxBy(g => g.Store.Target.Type.Row.Size)!;
        double unit = sizeof(float) * (((double)widest.Store.Target.Type.Row.Size * (rows.Of(Space.TargetGroups) + (3.0 * rows.Of(Space.Nodes)))) + ((double)Math.Max(widest.Store.Target.Type.Row.Heads, widest.WeightRow.Heads) * rows.Of(Space.Edges)));
        long parameters = program.Leaves.Where(l => l.Key.Role == Ir.LeafRole.Parameter).Sum(l => rows.BytesOf(l.Value));
        bool isTraining = program.Kernels.Any(k => k.Writes.Any(w => w.IsPersistent));
        return (long)(Budget * layers * unit) + (parameters * (isTraining ? 4 : 1)) - program.Leaves.Values.Sum(rows.BytesOf);
    }

    /// <summary>Products that could run again, and the launch before the one that reads them.</summary>
    private static IEnumerable<(int Position, int Launch)> Candidates(KernelProgram program)
    {
        ILookup<TensorBuffer, int> readers = KernelSchedule.Positions(program.Kernels, k => k.Reads), writers = KernelSchedule.Positions(program.Kernels, k => k.Writes);
        HashSet<TensorBuffer> outputs = [.. program.Outputs.Values];
        int LastUse(TensorBuffer buffer) => readers[buffer].Concat(writers[buffer]).Max(k => program.Launches[k]);
        for (int k = 0; k < program.Kernels.Count; k++)
        {
            if (program.Kernels[k] is not Kernel.Gemm { Store: { Adds: false, Target: var target } } gemm || target.IsPersistent || target.Window is not null
                || outputs.Contains(target) || writers[target].Count() > 1)
                continue;
            int[] uses = [.. readers[target].Select(r => program.Launches[r]).Distinct().Order()];
            if (uses.Length < 2)
                continue;
            int next = Enumerable.Range(1, uses.Length - 1).MaxBy(u => uses[u] - uses[u - 1]), launch = uses[next] - 1;
            // What it reads must be there anyway, and not just being made.
            bool IsAtHand(TensorBuffer buffer) => buffer.IsPersistent
                ? writers[buffer].All(w => program.Launches[w] > launch)
                : buffer.Window is null && LastUse(buffer) >= launch && writers[buffer].All(w => program.Launches[w] < launch);
            if (uses[next] - uses[next - 1] >= LeastGap && gemm.Reads.All(IsAtHand))
                yield return (k, launch);
        }
    }

    /// <summary>The program with a product that runs again beside the kernels of a launch: nothing waits longer.</summary>
    private static KernelProgram Within(KernelProgram program, int position, int launch) => Insert(program, position, launch, _ => 0);

    /// <summary>The program with a product that runs again after a launch, when what only that one needed is free.</summary>
    private static KernelProgram After(KernelProgram program, int position, int launch) => Insert(program, position, launch + 1, l => l > launch ? 1 : 0);

    private static KernelProgram Insert(KernelProgram program, int position, int launch, Func<int, int> delay)
    {
        Kernel.Gemm gemm = (Kernel.Gemm)program.Kernels[position];
        int[] launches = [.. program.Launches.Select(l => l + delay(l))];
        int at = Array.FindLastIndex(launches, l => l <= launch) + 1;
        return program with
        {
            Kernels = [.. program.Kernels.Take(at), gemm with { Name = $"{gemm.Name}_again", IsRepeated = true }, .. program.Kernels.Skip(at)],
            Launches = [.. launches.Take(at), launch, .. launches.Skip(at)],
            Loops = [.. program.Loops.Select(l => l.First >= at ? l with { First = l.First + 1 } : l)],
        };
    }
}
