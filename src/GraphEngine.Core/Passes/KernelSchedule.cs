using GraphEngine.Kernels;

namespace GraphEngine.Passes;

/// <summary>
/// Orders launches: writers before readers of temporaries, and readers before writers of persistent tensors, since every reader of a leaf
/// wants its value from before the run. Otherwise the given order is kept.
/// </summary>
internal static class KernelSchedule
{
    /// <summary>Orders kernels.</summary>
    /// <param name="kernels">Kernels, in the order of the values they compute.</param>
    /// <returns>The order, or null when kernels wait for each other.</returns>
    public static IReadOnlyList<Kernel>? TryOrder(IReadOnlyList<Kernel> kernels)
    {
        HashSet<int>[] before = Dependencies(kernels);
        List<Kernel> order = [];
        SortedSet<int> waiting = [.. Enumerable.Range(0, kernels.Count)];
        HashSet<int> done = [];
        while (waiting.Count > 0)
        {
            int next = waiting.FirstOrDefault(k => before[k].IsSubsetOf(done), -1);
            if (next < 0)
                return null;
            waiting.Remove(next);
            done.Add(next);
            order.Add(kernels[next]);
        }
        return order;
    }

    /// <summary>
    /// Puts kernels that do not wait for each other in one launch: every kernel goes to the launch after the last one it waits for.
    /// </summary>
    /// <param name="kernels">Ordered kernels.</param>
    /// <param name="isAtHand">True when the second kernel finds what it needs of the first one in the same launch.</param>
    /// <returns>The kernels by launch, and the number of each one's launch.</returns>
    public static (IReadOnlyList<Kernel> Kernels, IReadOnlyList<int> Launches) Launches(IReadOnlyList<Kernel> kernels, Func<Kernel, Kernel, bool> isAtHand)
    {
        HashSet<int>[] before = Dependencies(kernels);
        int[] launch = new int[kernels.Count];
        for (int k = 0; k < kernels.Count; k++)
            launch[k] = before[k].Select(b => launch[b] + (isAtHand(kernels[b], kernels[k]) ? 0 : 1)).DefaultIfEmpty(0).Max();
        int[] order = [.. Enumerable.Range(0, kernels.Count).OrderBy(k => launch[k])];
        return ([.. order.Select(k => kernels[k])], [.. order.Select(k => launch[k])]);
    }

    /// <summary>For each kernel, the positions of those it waits for.</summary>
    /// <param name="kernels">The kernels.</param>
    public static HashSet<int>[] Dependencies(IReadOnlyList<Kernel> kernels)
    {
        HashSet<int>[] before = [.. kernels.Select(_ => new HashSet<int>())];
        ILookup<TensorBuffer, int> writers = Positions(kernels, k => k.Writes), readers = Positions(kernels, k => k.Reads);
        for (int k = 0; k < kernels.Count; k++)
        {
            foreach (TensorBuffer read in kernels[k].Reads.Where(b => !b.IsPersistent))
                before[k].UnionWith(writers[read].Where(w => w != k));
            foreach (TensorBuffer write in kernels[k].Writes.Where(b => b.IsPersistent))
                before[k].UnionWith(readers[write].Where(r => r != k));
            // The partial sums of a kernel are finished by the kernel that names it.
            if (kernels[k] is Kernel.Combine combine)
                before[k].UnionWith(Enumerable.Range(0, kernels.Count).Where(o => kernels[o] is Kernel.Outer outer && ReferenceEquals(outer.Partials, combine.Of.Partials)));
        }
        return before;
    }

    /// <summary>The positions of the kernels that name each tensor.</summary>
    /// <param name="kernels">The kernels, in order.</param>
    /// <param name="tensors">What is looked at of a kernel.</param>
    internal static ILookup<TensorBuffer, int> Positions(IReadOnlyList<Kernel> kernels, Func<Kernel, IEnumerable<TensorBuffer>> tensors) => Enumerable.Range(0, kernels.Count)
        .SelectMany(k => tensors(kernels[k]).Distinct().Select(b => (b, k)))
        .ToLookup(p => p.b, p => p.k);
}
