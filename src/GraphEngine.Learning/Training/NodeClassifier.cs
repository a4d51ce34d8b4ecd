using GraphEngine.Codegen;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Passes;
using GraphEngine.Runtime;
using GraphEngine.Spaces;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Learning.Training;

/// <summary>
/// A model bound to a data set, a task and a device: it can take training steps, tell how good it is, and give scores. It may be used by several
/// threads at once, which wait for each other: scores asked for beside training are those between two steps. After <see cref="Dispose"/>, which waits
/// too, everything that needs the device throws <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed partial class NodeClassifier : IDisposable
{
    private readonly HeteroGraph _graph;
    private readonly Lazy<GraphSummary> _summary;
    private readonly RelationStatistics _statistics;
    private readonly IReadOnlySet<string>? _disabled;
    private readonly Device _device;
    private readonly DeviceTopology _topology;
    private readonly TensorStore _store;
    private readonly Slab? _slab;
    private readonly Executor? _step;
    private readonly IReadOnlyList<EvaluatedPart> _parts;
    private readonly HashSet<string> _uploaded = new(StringComparer.Ordinal);

    // Running and reading are two steps over memory that all programs share.
    private readonly Lock _lock = new();
    private Executor? _inference;
    private Slab? _inferenceSlab;
    private bool _isDisposed;

    /// <summary>
    /// Compiles the programs of a model and uploads the data set. Parameters get their values by <see cref="Initialize"/>, <see cref="Restore"/>,
    /// <see cref="Checkpoint.LoadBest"/> or <see cref="Trainer"/>; where there is an optimiser and none of these came before, they are those of seed
    /// 0.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="task">One of its tasks, or another one of its nodes. Without an optimiser labels and parts may both be empty, <c>[]</c>: then no
    /// node has either.</param>
    /// <param name="model">The model.</param>
    /// <param name="device">The device.</param>
    /// <param name="optimizer">The optimiser; null for a classifier that only predicts.</param>
    /// <param name="disabled">Names of passes to leave out.</param>
    /// <exception cref="ArgumentException">Data set or task break a rule of <see cref="GraphDataCheck"/>, a setting of the model is out of range, or
    /// there is no pass of such a name that can be left out.</exception>
    /// <exception cref="InsufficientMemoryException">The device has less memory free.</exception>
    /// <exception cref="NotSupportedException">A tensor has more elements than a kernel can tell apart.</exception>
    /// <exception cref="KernelCompilationException">A kernel was refused by a compiler below.</exception>
    public NodeClassifier(GraphData data, NodeTask task, ModelOptions model, Device device, Optimizer? optimizer, IReadOnlySet<string>? disabled = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(device);
        if (disabled?.FirstOrDefault(d => !Pipeline.Optional.Contains(d)) is string unknown)
            throw new ArgumentException($"There is no pass '{unknown}' that can be left out; choose from {string.Join(", ", Pipeline.Optional)}.", nameof(disabled));
        if (optimizer is null)
            (data, task) = WithParts(data, task);
        Data = data;
        Task = task;
        Model = model;
        Optimizer = optimizer;
        _device = device;
        _disabled = disabled;
        ClassificationPlan plan = ClassificationPlan.Of(data, task, model, optimizer);
        _graph = plan.Graph;
        _summary = new Lazy<GraphSummary>(() => GraphSummary.Of(_graph));
        _statistics = plan.Statistics;
        _topology = new DeviceTopology(plan.Topology, device);
        _parts = [.. plan.Parts.Select(p => new EvaluatedPart(task, p.Part, _topology.With(p.Topology)))];
        _store = new TensorStore(plan.Topology, device);
        try
        {
            // Compiling needs the schema and a few counts, so that both programs can be made at the same time.
            // All are waited for where one fails, too: the device must not go while another is compiled for it.
            CompiledProgram[] compiled = System.Threading.Tasks.Task.WhenAll(((GraphProgram?[])[plan.Program, plan.Evaluation]).OfType<GraphProgram>().Select(p => System.Threading.Tasks.Task.Run(() => Compile(p)))).GetAwaiter().GetResult();
            CompiledProgram program = compiled[0], evaluation = compiled[^1];
            Memory = DeviceTopology.Prepare([(program, _topology), .. _parts.Select(p => (evaluation, p.Topology))], Copies(program, plan.Topology));
            _slab = new Slab(device, Memory.Arena);
            if (optimizer is null)
                _inference = new Executor(program, _topology, _store, _slab);
            else
                _step = new Executor(program, _topology, _store, _slab);
            foreach (EvaluatedPart part in _parts)
                part.Bind(evaluation, _store, _slab);
            UploadInputs();
            foreach (EvaluatedPart part in _parts)
                part.Topology.Release();
            _topology.Release();
        }
        catch
        {
            // What was allocated would stay on the device, and a smaller model would not fit either.
            Dispose();
            throw;
        }
    }

    /// <summary>The data set.</summary>
    public GraphData Data { get; }

    /// <summary>The task.</summary>
    public NodeTask Task { get; }

    /// <summary>What tells the graph of the model from others.</summary>
    public GraphSummary Graph => _summary.Value;

    /// <summary>The model.</summary>
    public ModelOptions Model { get; }

    /// <summary>The optimiser; null for a classifier that only predicts.</summary>
    public Optimizer? Optimizer { get; }

    /// <summary>Device memory as it was predicted before anything was allocated.</summary>
    public MemoryEstimate Memory { get; }

    /// <summary>Device memory in use: persistent tensors, index tables, and temporaries.</summary>
    public long Bytes
    {
        get
        {
            using Lock.Scope turn = Enter();
            return _store.Bytes + _topology.Bytes + _parts.Sum(p => p.Topology.Bytes) + _slab!.Bytes + (_inferenceSlab?.Bytes ?? 0);
        }
    }

    /// <summary>Takes one training step.</summary>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="InvalidOperationException">The classifier was made without an optimiser.</exception>
    public float Step()
    {
        using Lock.Scope turn = Enter();
        if (_step is null)
            throw new InvalidOperationException("This classifier only predicts; create it with an optimiser to train it.");
        RequireValues();
        Run = null;
        _step.Run();
        Span<float> loss = stackalloc float[1];
        _step.Read(NodeClassification.LossOutput, loss);
        return loss[0];
    }

    /// <summary>
    /// How well the validation or test nodes are classified; null where there are none. Of a classifier with an optimiser only the rows of such nodes
    /// are computed.
    /// </summary>
    /// <param name="part">One of both parts.</param>
    /// <exception cref="ArgumentException">Another part is asked for.</exception>
    /// <exception cref="InvalidOperationException">A score is not finite, or a classifier without an optimiser was given no parameters.</exception>
    public ClassificationMetrics? Evaluate(Split part)
    {
        if (part is not (Split.Valid or Split.Test))
            throw new ArgumentException($"The nodes of the part {part} are not evaluated; use {nameof(ClassificationMetrics)} with {nameof(Scores)}.", nameof(part));
        using Lock.Scope turn = Enter();
        RequireValues();
        return Optimizer is null ? ClassificationMetrics.Of(Task, Scores(), part) : _parts.FirstOrDefault(p => p.Part == part)?.Evaluate();
    }

    /// <summary>
    /// A score per node of the task's type and class, row-major. The program for it is compiled when it is first asked for, if the classifier has an
    /// optimiser.
    /// </summary>
    /// <exception cref="InsufficientMemoryException">The device has less memory free than scores of all nodes need.</exception>
    /// <exception cref="InvalidOperationException">A score is not finite, or a classifier without an optimiser was given no parameters.</exception>
    public float[] Scores()
    {
        float[] scores = new float[ScoreCount];
        Scores(scores);
        return scores;
    }

    /// <summary>The scores, in an array that is there already.</summary>
    /// <param name="scores">Receives a score per node of the task's type and class, row-major.</param>
    /// <exception cref="ArgumentException">There is room for another number of scores.</exception>
    /// <exception cref="InsufficientMemoryException">The device has less memory free than scores of all nodes need.</exception>
    /// <exception cref="InvalidOperationException">A score is not finite, or a classifier without an optimiser was given no parameters.</exception>
    public void Scores(Span<float> scores)
    {
        using Lock.Scope turn = Enter();
        RequireValues();
        _inference ??= BindInference();
        _inference.Run();
        _inference.Read(NodeClassification.ScoresOutput, scores);
        NodeClassification.RequireFinite(scores);
    }

    /// <summary>The number of scores: nodes of the task's type times classes.</summary>
    /// <exception cref="NotSupportedException">There are more of them than an array can hold.</exception>
    public int ScoreCount => (long)Task.Splits.Length * Task.Classes.Count is var count && count <= Array.MaxLength
        ? (int)count
        : throw new NotSupportedException($"The scores of {Task.Splits.Length} nodes and {Task.Classes.Count} classes are more than the {Array.MaxLength} that an array can hold; divide the task or the graph.");

    /// <inheritdoc/>
    public void Dispose()
    {
        using Lock.Scope turn = _lock.EnterScope();
        if (_isDisposed)
            return;
        _isDisposed = true;
        _step?.Dispose();
        _inference?.Dispose();
        _inferenceSlab?.Dispose();
        _slab?.Dispose();
        _store.Dispose();
        foreach (EvaluatedPart part in _parts)
            part.Dispose();
        _topology.Dispose();
    }

    private Lock.Scope Enter()
    {
        Lock.Scope turn = _lock.EnterScope();
        if (!_isDisposed)
            return turn;
        turn.Dispose();
        throw new ObjectDisposedException(nameof(NodeClassifier), "The classifier was disposed of, and its memory on the device with it; ask it before, or make another one.");
    }

    /// <summary>Gives a task that has neither labels nor parts an empty label for every node, and no part.</summary>
    private static (GraphData Data, NodeTask Task) WithParts(GraphData data, NodeTask task)
    {
        int type = data.Graph.Schema.NodeTypes.ToList().FindIndex(t => t.Name == task.NodeType);
        if (task is not { Labels.Length: 0, Splits.Length: 0 } || type < 0)
            return (data, task);
        int nodes = data.Graph.NodeCountOf(type);
        int[][] labels = new int[nodes][];
        Array.Fill(labels, []);
        NodeTask whole = task with { Labels = labels, Splits = new Split[nodes] };
        return (data with { Tasks = [.. data.Tasks.Select(t => t == task ? whole : t)] }, whole);
    }

    /// <summary>Bytes of scores, and of the best parameters so far where there are validation nodes to tell them by.</summary>
    private long Copies(CompiledProgram program, Topology topology)
    {
        long parameters = program.Kernels.Leaves.Keys.Where(l => l.Role == LeafRole.Parameter).Sum(l => (long)topology.Count(l.Type.Space) * l.Type.Row.Size);
        return sizeof(float) * (Optimizer is null ? ScoreCount : _parts.Sum(p => p.ScoreCount) + (Task.Splits.Contains(Split.Valid) ? parameters : 0));
    }

    private CompiledProgram Compile(GraphProgram program) => CompiledProgram.Compile(program, _device, _statistics, _disabled);

    private Executor BindInference()
    {
        CompiledProgram program = Compile(NodeClassification.Inference(_graph, Task, Model));
        MemoryEstimate more = DeviceTopology.Prepare([(program, _topology)], sizeof(float) * (long)ScoreCount, _store, Math.Max(_slab!.Bytes, _inferenceSlab?.Bytes ?? 0));
        if (more.Arena > 0)
            _inferenceSlab ??= new Slab(_device, more.Arena);
        Executor inference = new(program, _topology, _store, _inferenceSlab ?? _slab);
        // Scores of all nodes may read features that training has no use for.
        UploadInputs();
        _topology.Release();
        return inference;
    }

    private void UploadInputs()
    {
        foreach (Op.Leaf leaf in _store.Leaves.Where(l => l.Role == LeafRole.Input && !_uploaded.Contains(l.Name)).ToArray())
        {
            if (leaf.Name == NodeClassification.TargetsInput)
            {
                _store.Write(leaf.Name, NodeClassification.Targets(Task));
            }
            else
            {
                int type = Enumerable.Range(0, _graph.Schema.NodeTypes.Count).First(t => NodeInputs.FeaturesOf(_graph.Schema.NodeTypes[t].Name) == leaf.Name);
                _store.Write(leaf.Name, Data.Features[type]!.Values);
            }
            _uploaded.Add(leaf.Name);
        }
    }
}
