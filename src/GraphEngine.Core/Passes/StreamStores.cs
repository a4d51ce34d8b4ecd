using GraphEngine.Kernels;

namespace GraphEngine.Passes;

/// <summary>
/// Finds the tensors that nobody reads in the launch that writes them: a CPU may store them past its caches, where it would fetch every line before
/// it is overwritten and push out others. Whether that pays is a question of size, which is known when a program is bound.
/// </summary>
internal static class StreamStores
{
    // Narrower rows would leave cache lines half written.
    private const int SmallestRow = 16;

    /// <summary>Marks the tensors of a program.</summary>
    /// <param name="program">Kernels in their launches.</param>
    public static KernelProgram Run(KernelProgram program)
    {
        ILookup<TensorBuffer, int> readers = Enumerable.Range(0, program.Kernels.Count)
            .SelectMany(k => program.Kernels[k].Reads.Select(b => (b, Launch: program.Launches[k]))).ToLookup(r => r.b, r => r.Launch);
        for (int k = 0; k < program.Kernels.Count; k++)
        {
            foreach (TensorBuffer buffer in program.Kernels[k].Writes.Where(b => !b.IsPersistent && b.Window is null && b.Type.Row.HeadSize >= SmallestRow))
                buffer.IsStreamed = !readers[buffer].Contains(program.Launches[k]);
        }
        return program;
    }
}
