namespace GraphEngine.Kernels;

/// <summary>
/// Where every temporary lies in one slab: tensors whose lifetimes do not overlap share bytes. Larger tensors are placed first, each at the lowest
/// offset that is free during its lifetime.
/// </summary>
public sealed class ArenaPlan
{
    /// <summary>Every tensor starts at a multiple of this many bytes: vector loads need it, and ILGPU promises it to the PTX compiler.</summary>
    public const int Alignment = 256;

    private ArenaPlan(IReadOnlyList<ArenaSlot> slots, long bytes)
    {
        Slots = slots;
        Bytes = bytes;
    }

    /// <summary>The tensors, in the order of their first use.</summary>
    public IReadOnlyList<ArenaSlot> Slots { get; }

    /// <summary>The size of the slab.</summary>
    public long Bytes { get; }

    /// <summary>Places all temporaries of a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="bytes">The size of a tensor.</param>
    public static ArenaPlan Run(KernelProgram program, Func<TensorBuffer, long> bytes)
    {
        HashSet<TensorBuffer> outputs = [.. program.Outputs.Values];
        List<ArenaSlot> placed = [];
        Dictionary<TensorBuffer, (int First, int Last)> lives = [];
        for (int k = 0; k < program.Kernels.Count; k++)
        {
            foreach (TensorBuffer buffer in program.Kernels[k].Writes.Concat(program.Kernels[k].Reads).Where(b => !b.IsPersistent))
                lives[buffer] = (lives.TryGetValue(buffer, out (int First, int Last) life) ? life.First : program.Launches[k], program.Launches[k]);
        }
        foreach (TensorBuffer output in outputs.Where(lives.ContainsKey))
            lives[output] = (lives[output].First, program.LaunchCount);

        foreach ((TensorBuffer buffer, (int first, int last)) in lives.OrderByDescending(l => bytes(l.Key)).ThenBy(l => l.Value.First))
        {
            long size = (bytes(buffer) + Alignment - 1) / Alignment * Alignment, offset = 0;
            foreach (ArenaSlot other in placed.Where(s => s.First <= last && first <= s.Last).OrderBy(s => s.Offset))
            {
                if (offset + size <= other.Offset)
                    break;
                offset = Math.Max(offset, other.Offset + other.Bytes);
            }
            placed.Add(new ArenaSlot(buffer, offset, size, first, last));
        }
        return new ArenaPlan([.. placed.OrderBy(s => s.First).ThenBy(s => s.Offset)], placed.Count == 0 ? 0 : placed.Max(s => s.Offset + s.Bytes));
    }
}
