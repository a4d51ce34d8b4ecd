using GraphEngine.Codegen.Emission;
using GraphEngine.Kernels;
using GraphEngine.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>A topology on a device: index tables, uploaded once and shared by every program bound to them.</summary>
public sealed class DeviceTopology : IDisposable
{
    private const long LeastBytesCollected = 256L << 20;

    private readonly Device _device;
    private IndexTables _tables;
    private readonly Dictionary<IndexTable, DeviceBuffer<int>> _buffers = [];

    /// <summary>Prepares a topology; tables are computed and uploaded when a program first needs them.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="device">The device.</param>
    public DeviceTopology(Topology topology, Device device)
    {
        Topology = topology;
        _device = device;
        _tables = new IndexTables(topology);
    }

    /// <summary>The topology.</summary>
    public Topology Topology { get; }

    /// <summary>The bytes of all tables uploaded so far.</summary>
    public long Bytes => _buffers.Values.Sum(b => b.Bytes);

    /// <summary>Predicts the memory of programs on this graph, refuses what does not fit, and then computes their index tables, several at a time.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="copies">Bytes that the process will need for copies of what is on the device.</param>
    /// <param name="present">What of inputs, parameters, states and temporaries is on the device already, and need not be allocated; null for nothing. Tables that are there are known.</param>
    /// <exception cref="InsufficientMemoryException">The device has less memory free.</exception>
    /// <exception cref="NotSupportedException">A tensor has more elements than a kernel can tell apart.</exception>
    public MemoryEstimate Prepare(IReadOnlyList<CompiledProgram> programs, long copies = 0, MemoryEstimate? present = null)
    {
        MemoryEstimate estimate = MemoryEstimate.Of([.. programs.Select(p => (p.Kernels, p.Emitted))], _tables);
        if (present is not null)
        {
            estimate = new MemoryEstimate(Math.Max(0, estimate.Persistent - present.Persistent), estimate.Arena <= present.Arena ? 0 : estimate.Arena,
                MemoryEstimate.Tables(programs.SelectMany(p => p.Emitted), _tables).Where(t => !_buffers.ContainsKey(t.Table)).Sum(t => t.Bytes));
        }
        // Tables are computed before they are uploaded.
        estimate = estimate with { Copies = Math.Max(estimate.Indices, copies) };
        estimate.Require(_device);
        MemoryEstimate.RequireIndexable(programs.Select(p => p.Kernels), Topology);
        Parallel.ForEach(programs.SelectMany(p => p.Emitted).SelectMany(e => e.Shares is null ? e.Tables : [.. e.Tables, e.Shares]).Distinct(), table => _ = _tables[table]);
        return estimate;
    }

    /// <summary>Forgets what was computed of tables that are on the device by now; what a program needs that is bound later is computed again.</summary>
    public void Release()
    {
        Topology.Release();
        _tables = new IndexTables(Topology);
        // Of a large graph this is some gigabytes, which the process would keep where the device may need them.
        if (Bytes > LeastBytesCollected)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>The number that a kernel argument stands for.</summary>
    /// <param name="count">The argument.</param>
    public int Count(RowCount count) => count.Table is IndexTable table ? _tables[table].Length : Topology.Count(count.Space!);

    /// <summary>The bytes that a table takes.</summary>
    /// <param name="length">Its entries.</param>
    public static long BytesOf(long length) => (length + Schedule.FurthestAhead) * sizeof(int);

    internal int[] Numbers(IndexTable table) => _tables[table];

    internal ArrayView<int> View(IndexTable table)
    {
        if (!_buffers.TryGetValue(table, out DeviceBuffer<int>? buffer))
        {
            int[] values = _tables[table];
            int[] padded = new int[values.Length + Schedule.FurthestAhead];
            values.CopyTo(padded, 0);
            _buffers[table] = buffer = new DeviceBuffer<int>(_device, padded.Length);
            buffer.View.CopyFromCPU(_device.Accelerator.DefaultStream, padded);
        }
        return buffer.View;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DeviceBuffer<int> buffer in _buffers.Values)
            buffer.Dispose();
        _buffers.Clear();
    }
}
