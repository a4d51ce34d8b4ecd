using System.Runtime.ExceptionServices;
using GraphEngine.Codegen.Emission;
using GraphEngine.Kernels;
using GraphEngine.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>
/// A topology on a device: index tables, uploaded once and shared by every program bound to them. May be used from any thread; disposing it waits for
/// the run that is on.
/// </summary>
public sealed class DeviceTopology : IDisposable
{
    private const long LeastBytesCollected = 256L << 20;

    private readonly Device _device;
    private readonly DeviceTopology? _common;
    private readonly IndexTables _tables;
    private readonly Dictionary<IndexTable, DeviceBuffer<int>> _buffers = [];
    private bool _isDisposed;

    /// <summary>Prepares a topology; tables are computed and uploaded when a program first needs them.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="device">The device.</param>
    public DeviceTopology(Topology topology, Device device)
        : this(topology, device, null)
    {
    }

    private DeviceTopology(Topology topology, Device device, DeviceTopology? common)
    {
        _device = device;
        _common = common;
        _tables = new IndexTables(topology, common?._tables);
    }

    /// <summary>The topology.</summary>
    public Topology Topology => _tables.Topology;

    /// <summary>The bytes of all tables uploaded so far that are not those of another topology.</summary>
    public long Bytes
    {
        get
        {
            lock (_device.Running)
                return _buffers.Values.Sum(b => b.Bytes);
        }
    }

    internal Device Device => _device;

    /// <summary>The tables, before they are on the device.</summary>
    internal IndexTables Tables => _tables;

    /// <summary>
    /// The same graph with more spaces, and maps from or to these: tables that do not need them are shared with this topology, which must live as
    /// long.
    /// </summary>
    /// <param name="topology">What <see cref="Topology.With"/> made of this one's.</param>
    public DeviceTopology With(Topology topology) => new(topology, _device, this);

    /// <summary>
    /// Predicts the memory of programs on a graph, refuses what does not fit, and then computes their index tables, several at a time.
    /// </summary>
    /// <param name="programs">The programs, and what each will run on.</param>
    /// <param name="copies">Bytes that the process will need for copies of what is on the device.</param>
    /// <param name="present">Inputs, parameters and states that are on the device already; null for none. Tables that are there are known.</param>
    /// <param name="slabBytes">Bytes for temporaries that are there already.</param>
    /// <exception cref="InsufficientMemoryException">The device has less memory free.</exception>
    /// <exception cref="NotSupportedException">A tensor has more elements than a kernel can tell apart.</exception>
    /// <exception cref="ArgumentException">A graph lacks a space or a map of its program.</exception>
    /// <exception cref="ObjectDisposedException">A topology or its device was disposed.</exception>
    public static MemoryEstimate Prepare(IReadOnlyList<(CompiledProgram Program, DeviceTopology Topology)> programs, long copies = 0, TensorStore? present = null, long slabBytes = 0)
    {
        foreach ((_, DeviceTopology topology) in programs)
            topology.RequireUsable();
        PlannedProgram[] planned = [.. programs.Select(p => new PlannedProgram(p.Program.Kernels, p.Program.Emitted, p.Topology._tables))];
        HashSet<(IndexTables, IndexTable)> uploaded = [.. programs.SelectMany(p => p.Topology.Uploaded)];
        MemoryEstimate estimate = MemoryEstimate.Of(planned, present);
        // Tables are computed before they are uploaded.
        long indices = MemoryEstimate.Tables(planned).Where(t => !uploaded.Contains((t.Owner, t.Table))).Sum(t => t.Bytes);
        estimate = estimate with { Arena = estimate.Arena <= slabBytes ? 0 : estimate.Arena, Indices = indices, Copies = Math.Max(indices, copies) };
        estimate.Require(programs[0].Program.Device);
        MemoryEstimate.RequireIndexable(planned);
        IEnumerable<(IndexTables, IndexTable)> needed = planned.SelectMany(p =>
            p.Needed.Concat(p.Emitted.Select(e => e.Shares).OfType<IndexTable>()).Select(t => (p.Tables.OwnerOf(t), t)));
        Compute(needed.Distinct().Where(t => !uploaded.Contains(t)));
        return estimate;
    }

    private static void Compute(IEnumerable<(IndexTables Owner, IndexTable Table)> tables)
    {
        try
        {
            Parallel.ForEach(tables, t => _ = t.Owner[t.Table]);
        }
        catch (AggregateException e)
        {
            // What one table alone would have thrown.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>
    /// Forgets what was computed of tables that are on the device by now; what a program needs that is bound later is computed again.
    /// </summary>
    public void Release()
    {
        _tables.Release();
        // Of a large graph this is some gigabytes, which the process would keep where the device may need them.
        if (_common is null && Bytes > LeastBytesCollected)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>The number that a kernel argument stands for.</summary>
    /// <param name="count">The argument.</param>
    public int Count(RowCount count) => count.In(_tables);

    /// <summary>The bytes that a table takes.</summary>
    /// <param name="length">Its entries.</param>
    public static long BytesOf(long length) => (length + Schedule.FurthestAhead) * sizeof(int);

    internal int[] Numbers(IndexTable table) => _tables[table];

    internal ArrayView<int> View(IndexTable table)
    {
        if (_tables.OwnerOf(table) != _tables)
            return _common!.View(table);
        lock (_device.Running)
        {
            RequireUsable();
            if (!_buffers.TryGetValue(table, out DeviceBuffer<int>? buffer))
            {
                int[] values = _tables[table];
                int[] padded = new int[values.Length + Schedule.FurthestAhead];
                values.CopyTo(padded, 0);
                buffer = new DeviceBuffer<int>(_device, padded.Length);
                buffer.View.CopyFromCPU(_device.Accelerator.DefaultStream, padded);
                _buffers[table] = buffer;
            }
            return buffer.View;
        }
    }

    /// <summary>Refuses a topology that was disposed, or whose device or tables in common were.</summary>
    internal void RequireUsable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _common?.RequireUsable();
        _device.RequireOpen();
    }

    private (IndexTables, IndexTable)[] Uploaded
    {
        get
        {
            lock (_device.Running)
                return [.. _buffers.Keys.Select(t => (_tables, t)), .. _common?.Uploaded ?? []];
        }
    }

    /// <summary>Gives the memory of tables back, after the run that is on.</summary>
    public void Dispose()
    {
        lock (_device.Running)
        {
            _isDisposed = true;
            foreach (DeviceBuffer<int> buffer in _buffers.Values)
                buffer.Dispose();
            _buffers.Clear();
        }
    }
}
