using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Tensors;

namespace GraphEngine.Learning.Training;

/// <summary>
/// A training run on disk, as .safetensors: parameters and optimiser states under their own names, the best parameters so far under <c>best.NAME</c>,
/// and the configuration in the metadata. Going on from it gives the same bits as never having stopped. It does not change, and several threads may
/// use it.
/// </summary>
public sealed class Checkpoint
{
    private const string BestPrefix = "best.";
    private const string FormatFamily = "graphengine-checkpoint-", FormatName = FormatFamily + "3";

    private readonly IReadOnlyList<Tensor> _tensors;

    private Checkpoint(IReadOnlyList<Tensor> tensors, string dataset, string? folder, TrainingOptions options, NodeTaskSummary task, GraphSummary graph, TrainingState state)
    {
        _tensors = tensors;
        Dataset = dataset;
        Folder = folder;
        Options = options;
        Task = task;
        Graph = graph;
        State = state;
    }

    /// <summary>The name of the data set.</summary>
    public string Dataset { get; }

    /// <summary>The full path of the folder that the data set was read from; null where its name is enough, or it was made in memory.</summary>
    public string? Folder { get; }

    /// <summary>The settings.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The task.</summary>
    public NodeTaskSummary Task { get; }

    /// <summary>The graph of the model.</summary>
    public GraphSummary Graph { get; }

    /// <summary>Progress, without the best parameters.</summary>
    public TrainingState State { get; }

    /// <summary>Checks that a checkpoint can be taken of a model, before hours are spent on training it.</summary>
    /// <param name="classifier">The model.</param>
    /// <exception cref="NotSupportedException">A parameter or state takes more bytes than an array can have.</exception>
    public static void Require(NodeClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        if (classifier.Leaves.FirstOrDefault(l => classifier.LengthOf(l) > Array.MaxLength / sizeof(float)) is Op.Leaf large)
            throw new NotSupportedException($"The tensor '{large.Name}' has {classifier.LengthOf(large)} elements, more than the {Array.MaxLength / sizeof(float)} that a checkpoint can hold; train without a checkpoint, or a narrower model.");
    }

    /// <summary>Takes a checkpoint of a model that <see cref="Trainer"/> trained: the same as the last one that its <c>save</c> is offered.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="result">The end of its training.</param>
    /// <exception cref="ArgumentException">The model has been trained further, or given other parameters, since.</exception>
    /// <exception cref="NotSupportedException">A parameter or state takes more bytes than an array can have.</exception>
    public static Checkpoint Of(NodeClassifier classifier, TrainingResult result)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(result);
        if (classifier.Run != result.State)
            throw new ArgumentException("The model's parameters are not those that this training ended with: it has been trained further, or given others; take the checkpoint before.", nameof(result));
        Require(classifier);
        return Of(result.Options, classifier, result.State);
    }

    /// <summary>Takes a checkpoint of a run of one's own steps.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="classifier">The model on the device.</param>
    /// <param name="state">Progress.</param>
    public static Checkpoint Of(TrainingOptions options, NodeClassifier classifier, TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(state);
        Dictionary<string, Op.Leaf> leaves = classifier.Leaves.ToDictionary(l => l.Name);
        IReadOnlyDictionary<string, float[]> present = classifier.Save(withStates: true), none = new Dictionary<string, float[]>();
        IEnumerable<Tensor> current = present.Select(v => ToTensor(v.Key, state.Last?.GetValueOrDefault(v.Key) ?? v.Value, leaves[v.Key]));
        // After training the best parameters and the last ones have changed places.
        IEnumerable<Tensor> best = (state.Last?.Keys.Select(name => KeyValuePair.Create(name, present[name])) ?? state.Best ?? none).Select(v => ToTensor(BestPrefix + v.Key, v.Value, leaves[v.Key]));
        return new Checkpoint([.. current, .. best], classifier.Data.Name, classifier.Data.Folder, options, NodeTaskSummary.Of(classifier.Task), classifier.Graph, Progress(state, best: null));
    }

    /// <summary>
    /// Writes the checkpoint beside its final place and moves it there, so that a full disk or an interruption leaves the old one whole.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written there.</exception>
    public void Write(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Dictionary<string, string> metadata = new()
        {
            ["format"] = FormatName,
            ["dataset"] = Dataset,
            ["options"] = JsonSerializer.Serialize(Options, CheckpointJson.Default.TrainingOptions),
            ["task"] = JsonSerializer.Serialize(Task, CheckpointJson.Default.NodeTaskSummary),
            ["graph"] = JsonSerializer.Serialize(Graph, CheckpointJson.Default.GraphSummary),
            ["epoch"] = State.Epoch.ToString(CultureInfo.InvariantCulture),
            ["bestEpoch"] = State.BestEpoch.ToString(CultureInfo.InvariantCulture),
            // Times differ from run to run; checkpoints of one seed do not.
            ["history"] = JsonSerializer.Serialize([.. State.History.Select(e => e with { Milliseconds = 0 })], CheckpointJson.Default.IReadOnlyListEpochReport),
            ["bestValid"] = State.BestValid.ToString("R", CultureInfo.InvariantCulture),
        };
        if (Folder is not null)
            metadata["folder"] = Folder;
        SafetensorsFile.Write(path, _tensors, metadata);
    }

    /// <summary>True when a file is a checkpoint, of this version or another.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static bool IsOne(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return SafetensorsFile.Read(path).Metadata.GetValueOrDefault("format")?.StartsWith(FormatFamily, StringComparison.Ordinal) == true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is damaged or is no checkpoint.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static Checkpoint Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        SafetensorsFile file = SafetensorsFile.Read(path);
        string Get(string key) => file.Metadata.GetValueOrDefault(key)
            ?? throw new InvalidDataException($"{path} is not a checkpoint: its metadata have no '{key}'. Name a file that a checkpoint was written to.");
        try
        {
            if (Get("format") != FormatName)
                throw new InvalidDataException($"{path} has the checkpoint format '{Get("format")}', but this version reads '{FormatName}'; use the version that wrote it.");
            TrainingState state = new()
            {
                Epoch = int.Parse(Get("epoch"), CultureInfo.InvariantCulture),
                BestEpoch = int.Parse(Get("bestEpoch"), CultureInfo.InvariantCulture),
                BestValid = double.Parse(Get("bestValid"), CultureInfo.InvariantCulture),
                History = JsonSerializer.Deserialize(Get("history"), CheckpointJson.Default.IReadOnlyListEpochReport) ?? [],
            };
            TrainingOptions? options = JsonSerializer.Deserialize(Get("options"), CheckpointJson.Default.TrainingOptions);
            NodeTaskSummary? task = JsonSerializer.Deserialize(Get("task"), CheckpointJson.Default.NodeTaskSummary);
            GraphSummary? graph = JsonSerializer.Deserialize(Get("graph"), CheckpointJson.Default.GraphSummary);
            if (options?.Model is null || task?.Classes is null || graph?.NodeTypes is null || graph.EdgeTypes is null)
                throw new FormatException("the settings, the task or the graph are empty.");
            if (state.History.Count != state.Epoch || state.History.Any(e => e is null))
                throw new FormatException($"it tells of {state.History.Count} epochs, but {state.Epoch} are done.");
            options.Check();
            return new Checkpoint(file.Tensors, Get("dataset"), file.Metadata.GetValueOrDefault("folder"), options, task, graph, state);
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is a damaged checkpoint: {e.Message}", e);
        }
    }

    /// <summary>
    /// Refuses settings of another run: a model that computes something else, or another seed. How long the run lasts, what is dropped and the
    /// settings of the optimiser may change between two epochs.
    /// </summary>
    /// <param name="options">The settings to go on with.</param>
    /// <exception cref="InvalidDataException">They are of another run; the message names the setting and both values.</exception>
    public void RequireSameRun(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(options.Model);
        RequireSameModel(options.Model);
        if (options.Seed != Options.Seed)
            throw new InvalidDataException(FormattableString.Invariant($"The run of the checkpoint was begun with the seed {Options.Seed}, which decided its first values and decides what is dropped, but the settings have the seed {options.Seed}; go on with the seed of the checkpoint."));
    }

    /// <summary>Puts the tensors back on a device, to go on training.</summary>
    /// <param name="classifier">A classifier of the same model and data set.</param>
    /// <exception cref="InvalidDataException">The checkpoint belongs to another model or data set; the message names the setting, or what else
    /// differs.</exception>
    public TrainingState Restore(NodeClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        RequireFits(classifier);
        Op.Leaf[] leaves = [.. classifier.Leaves];
        // Counters of dropout are left over where nothing is dropped any more.
        RefuseLeftOver(t => !t.StartsWith(BestPrefix, StringComparison.Ordinal) && t is not (ProgramBuilder.RandomSeed or ProgramBuilder.RandomStep), leaves.Select(l => l.Name));
        Load(classifier, leaves.ToDictionary(l => l.Name, l => Find(l.Name) ?? throw Missing(l.Name)));
        Dictionary<string, float[]> best = leaves.Select(l => (l.Name, Values: Find(BestPrefix + l.Name)))
            .Where(v => v.Values is not null).ToDictionary(v => v.Name, v => v.Values!);
        return Progress(State, best.Count > 0 ? best : null);
    }

    /// <summary>Puts the best parameters on a device, to predict.</summary>
    /// <param name="classifier">A classifier of the same model and data set.</param>
    /// <exception cref="InvalidDataException">The checkpoint belongs to another model or data set; the message names the setting, or what else
    /// differs.</exception>
    public void LoadBest(NodeClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        RequireFits(classifier);
        Load(classifier, classifier.Leaves.Where(l => l.Role == LeafRole.Parameter).ToDictionary(l => l.Name, l => Find(BestPrefix + l.Name) ?? Find(l.Name) ?? throw Missing(l.Name)));
    }

    /// <summary>
    /// Refuses another model, task or graph: weights of types in another order, or rows of other nodes, would have the right sizes.
    /// </summary>
    private void RequireFits(NodeClassifier classifier)
    {
        RequireSameModel(classifier.Model);
        if (!Task.IsOf(NodeTaskSummary.Of(classifier.Task)))
            throw new InvalidDataException($"The checkpoint was trained for other classes of the task '{Task.Name}', or in another order, than the data set '{classifier.Data.Name}' has; use the data set that it was trained on.");
        if (!Graph.HasTypesOf(classifier.Graph))
            throw new InvalidDataException($"The checkpoint was trained on a graph with other types of nodes or edges, or in another order, than the data set '{classifier.Data.Name}' has; use the data set that it was trained on.");
        if (Graph.Edges != classifier.Graph.Edges && classifier.Leaves.FirstOrDefault(l => l.Role == LeafRole.Parameter && !l.Type.Space.IsSmall && classifier.LengthOf(l) > 0) is Op.Leaf table)
            throw new InvalidDataException($"The checkpoint's tensor '{table.Name}' has a row for each of the '{table.Type.Space}' of the graph that it was trained on, and the data set '{classifier.Data.Name}' has other nodes or edges, or in another order; use the data set that it was trained on.");
        RefuseLeftOver(t => t.StartsWith(BestPrefix, StringComparison.Ordinal), classifier.Leaves.Where(l => l.Role == LeafRole.Parameter).Select(l => BestPrefix + l.Name));
    }

    /// <summary>Refuses a model that computes something else from the same parameters. What is dropped plays no part in scores.</summary>
    private void RequireSameModel(ModelOptions model)
    {
        // Compared as they are written, so that no setting can be forgotten and each is called what it is called in the file.
        static JsonObject Settings(ModelOptions m) => JsonSerializer.SerializeToNode(m with { Dropout = 0, AttentionDropout = 0 }, CheckpointJson.Default.ModelOptions)!.AsObject();
        JsonObject other = Settings(model);
        foreach ((string name, JsonNode? value) in Settings(Options.Model))
        {
            if (!JsonNode.DeepEquals(value, other[name]))
                throw new InvalidDataException($"The model of the checkpoint has the setting '{name}' {value}, but the model that is to take it has {other[name]}; make one with the settings of the checkpoint.");
        }
    }

    private void RefuseLeftOver(Func<string, bool> ofThese, IEnumerable<string> known)
    {
        if (_tensors.Select(t => t.Name).Where(ofThese).Except(known).FirstOrDefault() is string name)
            throw new InvalidDataException($"The checkpoint has a tensor '{name}', which this model does not have: it was trained with other settings or by another optimiser; use those that it was trained with.");
    }

    /// <summary>A copy: the run goes on, and the checkpoint stays where it was.</summary>
    private static TrainingState Progress(TrainingState state, IReadOnlyDictionary<string, float[]>? best) =>
        new() { Epoch = state.Epoch, BestEpoch = state.BestEpoch, BestValid = state.BestValid, History = [.. state.History], Best = best };

    private float[]? Find(string name) => _tensors.FirstOrDefault(t => t.Name == name)?.ToFloats();

    private static InvalidDataException Missing(string name) => new($"The checkpoint has no tensor '{name}', which this model needs: it was trained with other settings, without dropout, or by another optimiser; use those that it was trained with.");

    private static void Load(NodeClassifier classifier, IReadOnlyDictionary<string, float[]> values)
    {
        try
        {
            classifier.Restore(values);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The checkpoint does not fit this model and data set: {e.Message}", e);
        }
    }

    private static Tensor ToTensor(string name, float[] values, Op.Leaf leaf)
    {
        RowShape row = leaf.Type.Row;
        long rows = values.Length / row.Size;
        long[] shape = [.. new long[] { rows, row.Heads, row.Rows, row.Columns }.Where((d, i) => i is 0 or 3 || d > 1)];
        return Tensor.Of(name, values, shape);
    }
}
