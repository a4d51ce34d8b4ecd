namespace GraphEngine.Kernels;

/// <summary>
/// Where every temporary lies in one slab: tensors whose lifetimes do not overlap share bytes, and so do those that take each other's place row by
/// row (<see cref="Succession"/>). They are placed one after the other, each at the lowest offset that is free during its lifetime, in several orders
/// of which the best is taken: large ones first, long-lived ones first, or both in one.
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
        // A tensor that is made again has several lives, each with a place of its own.
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
        Tenant[] tenants = [.. lives.Keys.GroupBy(PlaceOf).SelectMany(p => p.Count() == 1
            ? lives[p.Key].Select(l => new Tenant([(p.Key, l.First, l.Last)], SizeOf(p.Key)))
            : [new Tenant([.. p.Select(b => (b, lives[b][0].First, lives[b][^1].Last))], SizeOf(p.Key))])];
        long SizeOf(TensorBuffer buffer) => (bytes(buffer) + Alignment - 1) / Alignment * Alignment;
        Func<Tenant, long>[] weights = [t => t.Bytes, t => t.Bytes * t.Launches, t => t.Launches];
        (IReadOnlyDictionary<Tenant, long> offsets, long total) = weights.Select(w => Pack([.. tenants.OrderByDescending(w).ThenByDescending(t => t.Bytes).ThenBy(t => t.First)])).MinBy(p => p.Bytes);
        IEnumerable<ArenaSlot> slots = tenants.SelectMany(t => t.Lives.Select(l => new ArenaSlot(l.Buffer, offsets[t], t.Bytes, l.First, l.Last, places.GetValueOrDefault(l.Buffer))));
        return new ArenaPlan([.. slots.OrderBy(s => s.First).ThenBy(s => s.Offset)], total);
    }

    private static (IReadOnlyDictionary<Tenant, long> Offsets, long Bytes) Pack(IReadOnlyList<Tenant> order)
    {
        Dictionary<Tenant, long> offsets = new(ReferenceEqualityComparer.Instance);
        List<Tenant> placed = [];
        foreach (Tenant tenant in order)
        {
            long offset = 0;
            foreach (Tenant other in placed.Where(tenant.MeetsWith).OrderBy(o => offsets[o]))
            {
                if (offset + tenant.Bytes <= offsets[other])
                    break;
                offset = Math.Max(offset, offsets[other] + other.Bytes);
            }
            offsets[tenant] = offset;
            placed.Add(tenant);
        }
        return (offsets, placed.Select(t => offsets[t] + t.Bytes).DefaultIfEmpty(0).Max());
    }

    /// <summary>Tensors that follow each other in one place, or one life of a tensor.</summary>
    private sealed record Tenant(IReadOnlyList<(TensorBuffer Buffer, int First, int Last)> Lives, long Bytes)
    {
        public int First { get; } = Lives.Min(l => l.First);

        public int Last { get; } = Lives.Max(l => l.Last);

        public int Launches => Last - First + 1;

        public bool MeetsWith(Tenant other) => First <= other.Last && other.First <= Last;
    }
}
