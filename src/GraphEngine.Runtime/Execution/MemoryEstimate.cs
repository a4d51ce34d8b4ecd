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

    /// <summary>Adds up what programs of one graph need; leaves and tables that several of them use count once.</summary>
    /// <param name="programs">The kernels of each program, and their text.</param>
    /// <param name="tables">The graph, with all spaces and maps that the programs use.</param>
    public static MemoryEstimate Of(IReadOnlyList<(KernelProgram Kernels, IReadOnlyList<EmittedKernel> Emitted)> programs, IndexTables tables)
    {
        Topology topology = tables.Topology;
        Op.Leaf[] leaves = [.. programs.SelectMany(p => p.Kernels.Leaves.Keys).DistinctBy(l => l.Name)];
        long persistent = leaves.Sum(l => TensorStore.BytesOf((long)topology.Count(l.Type.Space) * l.Type.Row.Size));
        long arena = programs.Max(p => ArenaPlan.Run(p.Kernels, b => TensorStore.BytesOf(Length(b, topology))).Bytes);
        return new MemoryEstimate(persistent, arena, Tables(programs.SelectMany(p => p.Emitted), tables).Sum(t => t.Bytes));
    }

    /// <summary>The index tables that kernels need, with their bytes; those without a row are not launched and need none.</summary>
    /// <param name="emitted">The kernels.</param>
    /// <param name="tables">The graph.</param>
    public static IReadOnlyList<(IndexTable Table, long Bytes)> Tables(IEnumerable<EmittedKernel> emitted, IndexTables tables)
    {
        int Count(RowCount count) => count.Table is IndexTable table ? tables.LengthOf(table) : tables.Topology.Count(count.Space!);
        return [.. emitted.Where(e => e.Grid.Groups(e.Grid.Count is RowCount count ? Count(count) : 0) > 0).SelectMany(e => e.Tables).Distinct().Select(t => (t, DeviceTopology.BytesOf(tables.LengthOf(t))))];
    }

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
    /// <param name="programs">The kernels of each program.</param>
    /// <param name="topology">The graph, with all spaces that the programs use.</param>
    /// <exception cref="NotSupportedException">A tensor has more elements than a kernel can tell apart.</exception>
    public static void RequireIndexable(IEnumerable<KernelProgram> programs, Topology topology)
    {
        foreach (TensorBuffer tensor in programs.SelectMany(p => p.Leaves.Values.Concat(p.Temporaries)))
        {
            if (Length(tensor, topology) is > int.MaxValue and long elements)
                throw new NotSupportedException($"The tensor '{tensor.Name}' of type {tensor.Type} would have {elements} elements, more than the {int.MaxValue} that a kernel can tell apart; use narrower layers, fewer heads or a smaller graph.");
        }
    }

    private static string Gigabytes(long bytes) => (bytes * 1e-9).ToString("F2", CultureInfo.InvariantCulture);
}
