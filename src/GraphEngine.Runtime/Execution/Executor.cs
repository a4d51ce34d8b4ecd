using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Kernels;
using GraphEngine.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>
/// A compiled program bound to a topology and to its persistent tensors: a list of launches over one slab. Running it allocates no memory of the
/// device and waits for nothing. May be used from any thread: runs and reads on a device take turns. Whoever reads what a run has made of a shared
/// slab or store has to see to it that no other thread runs in between.
/// </summary>
public sealed class Executor : IDisposable
{
    private readonly CompiledProgram _program;
    private readonly DeviceTopology _topology;
    private readonly TensorStore _store;
    private readonly Slab _slab;
    private readonly Slab? _ownSlab;
    private readonly Dictionary<TensorBuffer, ArrayView<float>> _persistent = [];
    private readonly ILookup<TensorBuffer, (ArenaSlot Slot, ArrayView<float> View)> _temporaries;
    private readonly LaneSequence? _lanes;
    private readonly LaunchSequence? _launches;
    private readonly AcceleratorStream _stream;
    private bool _isDisposed;

    /// <summary>Binds a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="topology">The graph it runs on.</param>
    /// <param name="store">Its inputs, parameters and states; missing ones are added.</param>
    /// <param name="slab">Where its temporaries and outputs lie; null for memory of its own. Outputs in shared memory have to be read before another
    /// program runs.</param>
    /// <exception cref="ArgumentException">
    /// Topology, store or slab lie on another device than the program, the store was made for another graph, the graph lacks a space or a map of the
    /// program, or the shared memory is too small.
    /// </exception>
    /// <exception cref="NotSupportedException">A tensor would have more elements on this graph than a kernel can tell apart.</exception>
    /// <exception cref="InsufficientMemoryException">The device has less memory free.</exception>
    /// <exception cref="Ir.IrException">The store has a tensor of another type by the name of a leaf.</exception>
    /// <exception cref="ObjectDisposedException">Program, topology, store, slab or device were disposed.</exception>
    public Executor(CompiledProgram program, DeviceTopology topology, TensorStore store, Slab? slab = null)
    {
        _program = program;
        _topology = topology;
        _store = store;
        program.RequireUsable();
        program.Device.RequireOpen();
        RequireSame(program.Device, topology.Device, "The index tables lie");
        RequireSame(program.Device, store.Device, "The tensors of the store lie");
        RequireSame(program.Device, slab?.Device ?? program.Device, "The shared memory lies");
        slab?.RequireUsable();
        MemoryEstimate.RequireIndexable([new PlannedProgram(program.Kernels, program.Emitted, topology.Tables)]);
        foreach (Ir.Op.Leaf leaf in program.Kernels.Leaves.Keys)
            RequireRows(leaf);
        _stream = program.Device.Accelerator.DefaultStream;
        foreach ((Ir.Op.Leaf leaf, TensorBuffer buffer) in program.Kernels.Leaves)
        {
            store.Add(leaf);
            _persistent[buffer] = store.View(leaf.Name);
        }
        Arena = ArenaPlan.Run(program.Kernels, b => TensorStore.BytesOf(Length(b)));
        if (slab?.Bytes < Arena.Bytes)
            throw new ArgumentException($"The program needs {Arena.Bytes} bytes for temporaries, but the shared memory has {slab.Bytes}; make it as large as the largest program needs.", nameof(slab));
        _slab = slab ?? (_ownSlab = new Slab(program.Device, Arena.Bytes));
        _temporaries = Arena.Slots.ToLookup(s => s.Buffer, s => (s, _slab.View(s)));
        try
        {
            // On the CPU all kernels run inside one launch, with lanes that wait for each other in between.
            if (program.Device.Profile.Kind == DeviceKind.Cpu)
                _lanes = new LaneSequence(program.Device, [.. program.Emitted.Select(BindLanes)], program.Kernels.Launches, program.Kernels.Loops);
            else
                _launches = new LaunchSequence(program.Device, [.. program.Emitted.Select(Bind)], program.Kernels.Launches);
        }
        catch
        {
            _ownSlab?.Dispose();
            throw;
        }
    }

    /// <summary>Where every temporary lies.</summary>
    public ArenaPlan Arena { get; }

    /// <summary>
    /// The number of launches of a run. On the CPU kernels that do not wait for each other count as one, since nothing happens between them;
    /// elsewhere each kernel is launched, on CUDA by replaying a recording.
    /// </summary>
    public int Launches => _lanes is null ? _program.Emitted.Count : _program.Kernels.LaunchCount;

    /// <summary>Enqueues one run; on the CPU it has ended on return.</summary>
    /// <exception cref="ObjectDisposedException">The executor, its program, store, topology or slab, or its device was disposed.</exception>
    public void Run()
    {
        lock (_program.Device.Running)
        {
            RequireUsable();
            _lanes?.Run(_stream);
            _launches?.Run(_stream);
        }
    }

    /// <summary>Runs once, waiting after every launch.</summary>
    /// <returns>The time of each kernel in milliseconds, in order.</returns>
    /// <exception cref="ObjectDisposedException">The executor, its program, store, topology or slab, or its device was disposed.</exception>
    public double[] Profile()
    {
        lock (_program.Device.Running)
        {
            RequireUsable();
            _stream.Synchronize();
            if (_launches is not null)
                return _launches.Profile(_stream);
            _lanes!.Run(_stream);
            return [.. _program.Emitted.Select((_, i) => _lanes.Duration(i).TotalMilliseconds)];
        }
    }

    /// <summary>Waits until everything enqueued has run.</summary>
    /// <exception cref="ObjectDisposedException">The executor, its program, store, topology or slab, or its device was disposed.</exception>
    public void Synchronize()
    {
        lock (_program.Device.Running)
        {
            RequireUsable();
            _stream.Synchronize();
        }
    }

    /// <summary>Waits, and copies an output from the device.</summary>
    /// <param name="output">Its name.</param>
    /// <exception cref="ArgumentException">There is no such output.</exception>
    /// <exception cref="ObjectDisposedException">The executor, its program, store, topology or slab, or its device was disposed.</exception>
    public float[] Read(string output)
    {
        float[] values = new float[Length(Output(output))];
        Read(output, values);
        return values;
    }

    /// <summary>Waits, and copies an output from the device without allocating.</summary>
    /// <param name="output">Its name.</param>
    /// <param name="values">Receives all elements, row-major.</param>
    /// <exception cref="ArgumentException">There is no such output, or it has another number of elements.</exception>
    /// <exception cref="ObjectDisposedException">The executor, its program, store, topology or slab, or its device was disposed.</exception>
    public void Read(string output, Span<float> values)
    {
        TensorBuffer buffer = Output(output);
        if (values.Length != Length(buffer))
            throw new ArgumentException($"The output '{output}' has {Length(buffer)} elements, but there is room for {values.Length}.", nameof(values));
        lock (_program.Device.Running)
        {
            RequireUsable();
            if (values.Length > 0)
                View(buffer, _program.Kernels.LaunchCount).SubView(0, values.Length).CopyToCPU(_stream, values);
            _stream.Synchronize();
        }
    }

    /// <summary>Gives memory of its own back, after the run that is on; store, topology and shared memory belong to others.</summary>
    public void Dispose()
    {
        lock (_program.Device.Running)
        {
            _isDisposed = true;
            _lanes?.Dispose();
            _launches?.Dispose();
            _ownSlab?.Dispose();
        }
    }

    // Here and not in a lane or a driver: both would read memory that is no longer there.
    private void RequireUsable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _program.RequireUsable();
        _topology.RequireUsable();
        _store.RequireUsable();
        _slab.RequireUsable();
    }

    private static void RequireSame(Device wanted, Device found, string what)
    {
        if (wanted == found)
            return;
        string name = found.ToString() == wanted.ToString() ? "that device opened another time" : wanted.ToString();
        throw new ArgumentException($"{what} on {found}, but the program was compiled for {name}; open the device once and use it for both.");
    }

    private void RequireRows(Ir.Op.Leaf leaf)
    {
        int wanted = _topology.Topology.Count(leaf.Type.Space), found = _store.RowsOf(leaf.Type.Space);
        if (wanted == found)
            return;
        throw new ArgumentException(
            $"The store has {found} rows of the space '{leaf.Type.Space}' for the tensor '{leaf.Name}', "
            + $"but the graph that the program is bound to has {wanted}; make the store for that graph.");
    }

    private TensorBuffer Output(string name) => _program.Kernels.Outputs.TryGetValue(name, out TensorBuffer? buffer)
        ? buffer
        : throw new ArgumentException($"There is no output '{name}'; the program has {string.Join(", ", _program.Kernels.Outputs.Keys)}.", nameof(name));

    private long Length(TensorBuffer buffer) => MemoryEstimate.Length(buffer, _topology.Topology);

    private Action<AcceleratorStream> Bind(EmittedKernel kernel, int position)
    {
        int groups = kernel.Grid.Groups(kernel.Grid.Count is RowCount count ? _topology.Count(count) : 0);
        // A device refuses empty launches.
        if (groups == 0)
            return _ => { };
        CompiledProgram.LaunchBinder binder = _program.Binders[position];
        return binder.Launch!(binder.Kernel!, new KernelConfig(groups, kernel.GroupSize), Floats(kernel, position), Ints(kernel), Scalars(kernel));
    }

    private LaneStep BindLanes(EmittedKernel kernel, int position) =>
        new(_program.Binders[position].Lanes!(Floats(kernel, position), Ints(kernel), Scalars(kernel)), kernel.Shares is null ? null : _topology.Numbers(kernel.Shares));

    private ArrayView<float>[] Floats(EmittedKernel kernel, int position) => [.. kernel.Tensors.Select(t => View(t, _program.Kernels.Launches[position]))];

    /// <summary>Where a tensor lies in a launch: one that is made again may lie elsewhere then.</summary>
    private ArrayView<float> View(TensorBuffer buffer, int launch) => _persistent.TryGetValue(buffer, out ArrayView<float> view)
        ? view
        : _temporaries[buffer].First(t => t.Slot.First <= launch && launch <= t.Slot.Last).View;

    private ArrayView<int>[] Ints(EmittedKernel kernel) => [.. kernel.Tables.Select(_topology.View)];

    private int[] Scalars(EmittedKernel kernel) => [.. kernel.Counts.Select(_topology.Count)];
}
