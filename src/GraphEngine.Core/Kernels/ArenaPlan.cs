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
        // A tensor that is made again has several lives.
        Dictionary<TensorBuffer, List<(int First, int Last)>> lives = [];
        for (int k = 0; k < program.Kernels.Count; k++)
        {
            int launch = program.Launches[k];
            foreach (TensorBuffer buffer in program.Kernels[k].Writes.Concat(program.Kernels[k].Reads).Where(b => !b.IsPersistent).Distinct())
            {
                if (!lives.TryGetValue(buffer, out List<(int First, int Last)>? known))
                    lives[buffer] = [(launch, launch)];
                else if (program.Kernels[k] is Kernel.Gemm { IsRepeated: true } && program.Kernels[k].Writes.Contains(buffer))
                    known.Add((launch, launch));
                else
                    known[^1] = (known[^1].First, launch);
            }
        }
        foreach (TensorBuffer output in outputs.Where(lives.ContainsKey))
            lives[output][^1] = (lives[output][^1].First, program.LaunchCount);

        // Tensors that follow each other in one place are placed as one.
        IReadOnlyDictionary<TensorBuffer, TensorBuffer> places = Succession.Of(program);
        TensorBuffer PlaceOf(TensorBuffer buffer) => places.TryGetValue(buffer, out TensorBuffer? before) ? PlaceOf(before) : buffer;
        List<(long Offset, long End, int First, int Last)> taken = [];
        List<ArenaSlot> slots = [];
        foreach (IGrouping<TensorBuffer, TensorBuffer> place in lives.Keys.GroupBy(PlaceOf).OrderByDescending(p => bytes(p.Key)).ThenBy(p => lives[p.Key][0].First))
        {
            IReadOnlyList<(int First, int Last)> needed = place.Count() == 1 ? lives[place.Key] : [(lives[place.Key][0].First, place.Max(b => lives[b][^1].Last))];
            long size = (bytes(place.Key) + Alignment - 1) / Alignment * Alignment, offset = 0;
            foreach ((long start, long end, _, _) in taken.Where(t => needed.Any(n => t.First <= n.Last && n.First <= t.Last)).OrderBy(t => t.Offset))
            {
                if (offset + size <= start)
                    break;
                offset = Math.Max(offset, end);
            }
            taken.AddRange(needed.Select(n => (offset, offset + size, n.First, n.Last)));
            slots.AddRange(place.SelectMany(b => lives[b].Select(l => new ArenaSlot(b, offset, size, l.First, l.Last, places.GetValueOrDefault(b)))));
        }
        return new ArenaPlan([.. slots.OrderBy(s => s.First).ThenBy(s => s.Offset)], taken.Select(t => t.End).DefaultIfEmpty(0).Max());
    }
}
