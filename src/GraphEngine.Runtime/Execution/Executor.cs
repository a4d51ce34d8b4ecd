using System.Diagnostics;
using GraphEngine.Codegen.Emission;
using GraphEngine.Kernels;
using GraphEngine.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>A compiled program bound to a topology and to its persistent tensors: a list of launches over one slab. Running it allocates nothing and waits for nothing.</summary>
public sealed class Executor : IDisposable
{
    // Vectors may be read where a tensor has fewer elements.
    private const int MinimumFloats = 64;

    private readonly CompiledProgram _program;
    private readonly DeviceTopology _topology;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _slab;
    private readonly Dictionary<TensorBuffer, ArrayView<float>> _views = [];
    private readonly Action<AcceleratorStream>[] _launches;
    private readonly AcceleratorStream _stream;

    /// <summary>Binds a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="topology">The graph it runs on.</param>
    /// <param name="store">Its inputs, parameters and states; missing ones are added.</param>
    public Executor(CompiledProgram program, DeviceTopology topology, TensorStore store)
    {
        _program = program;
        _topology = topology;
        _stream = program.Device.Accelerator.DefaultStream;
        foreach ((Ir.Op.Leaf leaf, TensorBuffer buffer) in program.Kernels.Leaves)
        {
            store.Add(leaf);
            _views[buffer] = store.View(leaf.Name);
        }
        Arena = ArenaPlan.Run(program.Kernels, b => Math.Max(MinimumFloats, Length(b)) * sizeof(float));
        _slab = program.Device.Accelerator.Allocate1D<float>(Math.Max(MinimumFloats, Arena.Bytes / sizeof(float)));
        foreach (ArenaSlot slot in Arena.Slots)
            _views[slot.Buffer] = _slab.View.SubView(slot.Offset / sizeof(float), slot.Bytes / sizeof(float));
        _launches = [.. program.Emitted.Select((e, i) => Bind(e, i))];
    }

    /// <summary>Where every temporary lies.</summary>
    public ArenaPlan Arena { get; }

    /// <summary>The number of launches of a run.</summary>
    public int Launches => _launches.Length;

    /// <summary>Enqueues one run.</summary>
    public void Run()
    {
        foreach (Action<AcceleratorStream> launch in _launches)
            launch(_stream);
    }

    /// <summary>Runs once, waiting after every launch.</summary>
    /// <returns>The time of each launch in milliseconds, in order.</returns>
    public double[] Profile()
    {
        double[] times = new double[_launches.Length];
        _stream.Synchronize();
        for (int i = 0; i < _launches.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _launches[i](_stream);
            _stream.Synchronize();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return times;
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
            _views[buffer].SubView(0, values.Length).CopyToCPU(_stream, values);
        _stream.Synchronize();
    }

    /// <inheritdoc/>
    public void Dispose() => _slab.Dispose();

    private TensorBuffer Output(string name) => _program.Kernels.Outputs.TryGetValue(name, out TensorBuffer? buffer)
        ? buffer
        : throw new ArgumentException($"There is no output '{name}'; the program has {string.Join(", ", _program.Kernels.Outputs.Keys)}.", nameof(name));

    private long Length(TensorBuffer buffer) => (buffer.FixedRows > 0 ? buffer.FixedRows : (long)_topology.Topology.Count(buffer.Type.Space)) * buffer.Type.Row.Size;

    private Action<AcceleratorStream> Bind(EmittedKernel kernel, int position)
    {
        int groups = kernel.Grid.Groups(kernel.Grid.Count is RowCount count ? _topology.Count(count) : 0);
        // A device refuses empty launches.
        if (groups == 0)
            return _ => { };
        return _program.Binders[position](
            _program.Loaded[position],
            new KernelConfig(groups, kernel.GroupSize),
            [.. kernel.Tensors.Select(t => _views[t])],
            [.. kernel.Tables.Select(_topology.View)],
            [.. kernel.Counts.Select(_topology.Count)]);
    }
}
