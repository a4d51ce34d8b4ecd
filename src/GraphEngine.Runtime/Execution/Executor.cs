using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Kernels;
using GraphEngine.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>A compiled program bound to a topology and to its persistent tensors: a list of launches over one slab. Running it allocates no memory of the device and waits for nothing.</summary>
public sealed class Executor : IDisposable
{
    private readonly CompiledProgram _program;
    private readonly DeviceTopology _topology;
    private readonly Slab? _ownSlab;
    private readonly Dictionary<TensorBuffer, ArrayView<float>> _persistent = [];
    private readonly ILookup<TensorBuffer, (ArenaSlot Slot, ArrayView<float> View)> _temporaries;
    private readonly LaneSequence? _lanes;
    private readonly LaunchSequence? _launches;
    private readonly AcceleratorStream _stream;

    /// <summary>Binds a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="topology">The graph it runs on.</param>
    /// <param name="store">Its inputs, parameters and states; missing ones are added.</param>
    /// <param name="slab">Where its temporaries and outputs lie; null for memory of its own. Outputs in shared memory have to be read before another program runs.</param>
    /// <exception cref="ArgumentException">The shared memory is too small.</exception>
    public Executor(CompiledProgram program, DeviceTopology topology, TensorStore store, Slab? slab = null)
    {
        _program = program;
        _topology = topology;
        _stream = program.Device.Accelerator.DefaultStream;
        foreach ((Ir.Op.Leaf leaf, TensorBuffer buffer) in program.Kernels.Leaves)
        {
            store.Add(leaf);
            _persistent[buffer] = store.View(leaf.Name);
        }
        Arena = ArenaPlan.Run(program.Kernels, b => TensorStore.BytesOf(Length(b)));
        if (slab?.Bytes < Arena.Bytes)
            throw new ArgumentException($"The program needs {Arena.Bytes} bytes for temporaries, but the shared memory has {slab.Bytes}; make it as large as the largest program needs.", nameof(slab));
        slab ??= _ownSlab = new Slab(program.Device, Arena.Bytes);
        _temporaries = Arena.Slots.ToLookup(s => s.Buffer, s => (s, slab.View(s)));
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
    /// The number of launches of a run. On the CPU kernels that do not wait for each other count as one, since nothing happens between them; elsewhere each
    /// kernel is launched, on CUDA by replaying a recording.
    /// </summary>
    public int Launches => _lanes is null ? _program.Emitted.Count : _program.Kernels.LaunchCount;

    /// <summary>Enqueues one run; on the CPU it has ended on return.</summary>
    public void Run()
    {
        _lanes?.Run(_stream);
        _launches?.Run(_stream);
    }

    /// <summary>Runs once, waiting after every launch.</summary>
    /// <returns>The time of each kernel in milliseconds, in order.</returns>
    public double[] Profile()
    {
        _stream.Synchronize();
        if (_launches is not null)
            return _launches.Profile(_stream);
        _lanes!.Run(_stream);
        return [.. _program.Emitted.Select((_, i) => _lanes.Duration(i).TotalMilliseconds)];
    }

    /// <summary>Waits until everything enqueued has run.</summary>
    public void Synchronize() => _stream.Synchronize();

    /// <summary>Waits, and copies an output from the device.</summary>
    /// <param name="output">Its name.</param>
    /// <exception cref="ArgumentException">There is no such output.</exception>
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
    public void Read(string output, Span<float> values)
    {
        TensorBuffer buffer = Output(output);
        if (values.Length != Length(buffer))
            throw new ArgumentException($"The output '{output}' has {Length(buffer)} elements, but there is room for {values.Length}.", nameof(values));
        if (values.Length > 0)
            View(buffer, _program.Kernels.LaunchCount).SubView(0, values.Length).CopyToCPU(_stream, values);
        _stream.Synchronize();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lanes?.Dispose();
        _launches?.Dispose();
        _ownSlab?.Dispose();
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
