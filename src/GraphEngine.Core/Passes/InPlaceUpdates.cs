using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Lets kernels write new values of leaves where they belong instead of to a temporary that is copied at the end. Legal when nothing else reads the
/// temporary, the kernel itself reads no old element but the one that it is about to replace, and every other reader of the old value can run first.
/// Saves a launch and the temporary per update.
/// </summary>
internal static class InPlaceUpdates
{
    /// <summary>Orders kernels with as many updates in place as possible.</summary>
    /// <param name="kernels">The kernels, writing temporaries only.</param>
    /// <param name="copies">A kernel per update that copies its value to its leaf.</param>
    /// <param name="outputs">Tensors that are read after the run.</param>
    public static IReadOnlyList<Kernel> Run(IReadOnlyList<Kernel> kernels, IReadOnlyList<Kernel.Traversal> copies, IReadOnlySet<TensorBuffer> outputs)
    {
        List<Kernel.Traversal> pending = [.. copies];
        foreach (Kernel.Traversal copy in copies)
        {
            if (Source(copy) is not TensorBuffer temporary || temporary.IsPersistent || outputs.Contains(temporary))
                continue;
            IEnumerable<Kernel> others = kernels.Concat(pending.Where(c => !ReferenceEquals(c, copy)));
            TensorBuffer leaf = copy.Stores[0].Target;
            Kernel[] writers = [.. kernels.Where(k => k.Writes.Contains(temporary))];
            if (others.Any(k => k.Reads.Contains(temporary)) || writers.Any(k => k is not (Kernel.Traversal or Kernel.Gemm) || RowAccess.ReadsOtherElements(k, leaf)))
                continue;
            Kernel[] inPlace = [.. kernels.Select(k => Retarget(k, temporary, leaf))];
            if (KernelSchedule.TryOrder([.. inPlace, .. pending.Where(c => !ReferenceEquals(c, copy))]) is not null)
            {
                kernels = inPlace;
                pending.Remove(copy);
            }
        }
        return KernelSchedule.TryOrder([.. kernels, .. pending]) ?? throw new InvalidOperationException("The kernels of a program wait for each other.");
    }

    /// <summary>The tensor a kernel copies as it is.</summary>
    private static TensorBuffer? Source(Kernel.Traversal copy) =>
        copy.Stores[0].Value is Expression.Load load && load.Row == copy.Stores[0].Target.Type.Row && load.Buffer.Type == copy.Stores[0].Target.Type ? load.Buffer : null;

    private static Kernel Retarget(Kernel kernel, TensorBuffer from, TensorBuffer to)
    {
        Store Moved(Store store) => store.Target == from ? store with { Target = to } : store;
        return kernel switch
        {
            Kernel.Traversal t when t.Writes.Contains(from) => t with { Stores = [.. t.Stores.Select(Moved)], ItemStores = [.. t.ItemStores.Select(s => s with { Store = Moved(s.Store) })] },
            Kernel.Gemm g => g with { Store = Moved(g.Store) },
            _ => kernel,
        };
    }
}
