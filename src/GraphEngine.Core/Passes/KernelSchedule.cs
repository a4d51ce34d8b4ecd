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
        HashSet<int>[] before = [.. kernels.Select(_ => new HashSet<int>())];
        ILookup<TensorBuffer, int> writers = Index(kernels, k => k.Writes), readers = Index(kernels, k => k.Reads);
        for (int k = 0; k < kernels.Count; k++)
        {
            foreach (TensorBuffer read in kernels[k].Reads.Where(b => !b.IsPersistent))
                before[k].UnionWith(writers[read].Where(w => w != k));
            foreach (TensorBuffer write in kernels[k].Writes.Where(b => b.IsPersistent))
                before[k].UnionWith(readers[write].Where(r => r != k));
            // The partial sums of a kernel are finished by the kernel listed right after it.
            if (kernels[k] is Kernel.Combine)
                before[k].Add(k - 1);
        }

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

    private static ILookup<TensorBuffer, int> Index(IReadOnlyList<Kernel> kernels, Func<Kernel, IEnumerable<TensorBuffer>> tensors) => Enumerable.Range(0, kernels.Count)
        .SelectMany(k => tensors(kernels[k]).Distinct().Select(b => (b, k)))
        .ToLookup(p => p.b, p => p.k);
}
