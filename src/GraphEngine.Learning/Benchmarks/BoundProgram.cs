using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Runtime;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Benchmarks;

/// <summary>A program compiled, bound to a topology and given random values: ready to be timed. For one thread at a time.</summary>
public sealed class BoundProgram : IDisposable
{
    private const int Seed = 1;

    private readonly DeviceTopology _topology;
    private readonly TensorStore _store;

    /// <summary>Compiles and binds.</summary>
    /// <param name="program">The program.</param>
    /// <param name="topology">What it runs on.</param>
    /// <param name="device">The device.</param>
    /// <param name="statistics">The relations of the graph, for the choice of sides; null to choose none.</param>
    /// <param name="disabled">Names of passes to leave out.</param>
    /// <param name="schedules">Gives kernels a schedule; null for the usual ones and those that a search found.</param>
    /// <param name="cache">Where compiled kernels are kept; the process's cache when null.</param>
    public BoundProgram(
        Program program, Topology topology, Device device, RelationStatistics? statistics = null, IReadOnlySet<string>? disabled = null, Func<EmittedKernel, Schedule?>? schedules = null,
        KernelCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(topology);
        ArgumentNullException.ThrowIfNull(device);
        Compiled = CompiledProgram.Compile(program, device, statistics, disabled, cache: cache, schedules: schedules);
        _topology = new DeviceTopology(topology, device);
        _store = new TensorStore(topology, device);
        try
        {
            Memory = DeviceTopology.Prepare([(Compiled, _topology)]);
            foreach (Op.Leaf leaf in program.Leaves)
                _store.Add(leaf);
            Reset();
            Executor = new Executor(Compiled, _topology, _store);
            _topology.Release();
        }
        catch
        {
            // What was allocated would stay on the device while a search tries the next schedule.
            _store.Dispose();
            _topology.Dispose();
            throw;
        }
    }

    /// <summary>The kernels.</summary>
    public CompiledProgram Compiled { get; }

    /// <summary>Device memory as it was predicted before anything was allocated.</summary>
    public MemoryEstimate Memory { get; }

    /// <summary>Runs them.</summary>
    public Executor Executor { get; }

    /// <summary>The topology it is bound to, with all spaces and maps that its kernels use.</summary>
    public Topology Topology => _topology.Topology;

    /// <summary>Device memory of tensors: inputs, parameters, states, and the slab of temporaries.</summary>
    public long TensorBytes => _store.Bytes + Executor.Arena.Bytes;

    /// <summary>Device memory of index tables.</summary>
    public long IndexBytes => _topology.Bytes;

    /// <summary>The inputs, parameters and states.</summary>
    public IEnumerable<Op.Leaf> Leaves => _store.Leaves;

    /// <summary>Gives inputs, parameters and states their first values again, as if nothing had run.</summary>
    public void Reset()
    {
        foreach (Op.Leaf leaf in _store.Leaves)
        {
            // Inputs are drawn like weights: numbers between -1 and 1 that no arithmetic turns into infinities or denormals.
            Op.Leaf drawn = leaf.Role == LeafRole.Input ? leaf with { Init = Initializer.Glorot(3, 3) } : leaf;
            _store.Initialize(drawn, Seed);
        }
    }

    /// <summary>Copies an input, parameter or state from the device.</summary>
    /// <param name="name">Its name.</param>
    public float[] Read(string name) => _store.Read(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        Executor.Dispose();
        _store.Dispose();
        _topology.Dispose();
    }
}
