using System.Globalization;
using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Runtime;

/// <summary>The device memory that programs need on a graph, known before anything is allocated.</summary>
/// <param name="Persistent">Bytes of inputs, parameters and states.</param>
/// <param name="Arena">Bytes of temporaries: one slab, which all programs use in turn.</param>
/// <param name="Indices">Bytes of index tables.</param>
public sealed record MemoryEstimate(long Persistent, long Arena, long Indices)
{
    /// <summary>All of it.</summary>
    public long Total => Persistent + Arena + Indices;

    /// <summary>Bytes that the process needs for copies of what is on the device; on a CPU they are of the same memory.</summary>
    public long Copies { get; init; }

    // The last loop variables of a kernel go beyond the end of a tensor by less than this.
    private const int Beyond = 1024;

    /// <summary>Adds up what programs of one graph need; leaves and tables that several of them use count once.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="present">Leaves that are there already; null for none.</param>
    public static MemoryEstimate Of(IReadOnlyList<PlannedProgram> programs, TensorStore? present = null)
    {
        long persistent = programs.SelectMany(p => p.Kernels.Leaves.Keys.Select(l => (Leaf: l, p.Tables.Topology))).DistinctBy(l => l.Leaf.Name).Where(l => present?.Contains(l.Leaf.Name) != true)
            .Sum(l => TensorStore.BytesOf((long)l.Topology.Count(l.Leaf.Type.Space) * l.Leaf.Type.Row.Size));
        return new MemoryEstimate(persistent, programs.Max(p => p.Arena.Bytes), Tables(programs).Sum(t => t.Bytes));
    }

    /// <summary>The index tables that programs need, each once, with their bytes.</summary>
    /// <param name="programs">The programs.</param>
    public static IReadOnlyList<(IndexTables Owner, IndexTable Table, long Bytes)> Tables(IEnumerable<PlannedProgram> programs) =>
        [.. programs.SelectMany(p => p.Needed.Select(t => (Owner: p.Tables.OwnerOf(t), Table: t))).Distinct().Select(t => (t.Owner, t.Table, DeviceTopology.BytesOf(t.Owner.LengthOf(t.Table))))];

    /// <summary>The number of elements of a tensor.</summary>
    /// <param name="buffer">The tensor.</param>
    /// <param name="topology">The graph.</param>
    public static long Length(TensorBuffer buffer, Topology topology) =>
        (long)buffer.RowsIn(topology.Count(buffer.Type.Space)) * buffer.Type.Row.Size;

    /// <summary>Refuses work that does not fit.</summary>
    /// <param name="device">Where it would run.</param>
    /// <exception cref="InsufficientMemoryException">The device has less memory free.</exception>
    public void Require(Device device)
    {
        long free = device.FreeBytes, copies = device.Profile.Kind == DeviceKind.Cpu ? Copies : 0;
        if (Total + copies > free && device.Profile.Kind == DeviceKind.Cpu)
        {
            // What reading a large graph has left behind is of the same memory.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            free = device.FreeBytes;
        }
        if (Total + copies > free)
        {
            throw new InsufficientMemoryException(string.Create(
                CultureInfo.InvariantCulture,
                $"This needs {Gigabytes(Total + copies)} GB on {device.Id} ({Gigabytes(Persistent)} for inputs, parameters and optimiser, {Gigabytes(Arena)} for temporaries, {Gigabytes(Indices)} for index tables{(copies > 0 ? $", {Gigabytes(copies)} for copies" : "")}), but {Gigabytes(free)} GB are free; use narrower layers, fewer heads, a smaller graph or another device."));
        }
    }

    /// <summary>Refuses tensors that kernels cannot index.</summary>
    /// <param name="programs">The programs.</param>
    /// <exception cref="NotSupportedException">A tensor has more elements than a kernel can tell apart.</exception>
    public static void RequireIndexable(IEnumerable<PlannedProgram> programs)
    {
        foreach ((TensorBuffer tensor, Topology topology) in programs.SelectMany(p => p.Kernels.Leaves.Values.Concat(p.Kernels.Temporaries).Select(t => (t, p.Tables.Topology))))
        {
            if (Length(tensor, topology) is > int.MaxValue - Beyond and long elements)
                throw new NotSupportedException($"The tensor '{tensor.Name}' of type {tensor.Type} would have {elements} elements, more than the {int.MaxValue - Beyond} that a kernel can tell apart; use narrower layers, fewer heads or a smaller graph.");
        }
    }

    private static string Gigabytes(long bytes) => (bytes * 1e-9).ToString("F2", CultureInfo.InvariantCulture);
}
