namespace GraphEngine.Kernels;

/// <summary>
/// Where every temporary lies in one slab: tensors whose lifetimes do not overlap share bytes, and so do those that take each other's place row by row (<see cref="Succession"/>). Larger tensors are placed first, each at the lowest
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
        Dictionary<TensorBuffer, (int First, int Last)> lives = [];
        for (int k = 0; k < program.Kernels.Count; k++)
        {
            foreach (TensorBuffer buffer in program.Kernels[k].Writes.Concat(program.Kernels[k].Reads).Where(b => !b.IsPersistent))
                lives[buffer] = (lives.TryGetValue(buffer, out (int First, int Last) life) ? life.First : program.Launches[k], program.Launches[k]);
        }
        foreach (TensorBuffer output in outputs.Where(lives.ContainsKey))
            lives[output] = (lives[output].First, program.LaunchCount);

        // Tensors that follow each other in one place are placed as one.
        IReadOnlyDictionary<TensorBuffer, TensorBuffer> places = Succession.Of(program);
        TensorBuffer PlaceOf(TensorBuffer buffer) => places.TryGetValue(buffer, out TensorBuffer? before) ? PlaceOf(before) : buffer;
        List<(long Offset, long End, int First, int Last)> taken = [];
        List<ArenaSlot> slots = [];
        foreach (IGrouping<TensorBuffer, TensorBuffer> place in lives.Keys.GroupBy(PlaceOf).OrderByDescending(p => bytes(p.Key)).ThenBy(p => lives[p.Key].First))
        {
            (int first, int last) = (lives[place.Key].First, place.Max(b => lives[b].Last));
            long size = (bytes(place.Key) + Alignment - 1) / Alignment * Alignment, offset = 0;
            foreach ((long start, long end, _, _) in taken.Where(t => t.First <= last && first <= t.Last).OrderBy(t => t.Offset))
            {
                if (offset + size <= start)
                    break;
                offset = Math.Max(offset, end);
            }
            taken.Add((offset, offset + size, first, last));
            slots.AddRange(place.Select(b => new ArenaSlot(b, offset, size, lives[b].First, lives[b].Last, places.GetValueOrDefault(b))));
        }
        return new ArenaPlan([.. slots.OrderBy(s => s.First).ThenBy(s => s.Offset)], taken.Select(t => t.End).DefaultIfEmpty(0).Max());
    }
}
