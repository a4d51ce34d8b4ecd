using System.CommandLine;
using System.Globalization;
using GraphEngine.Cli.Rendering;
using GraphEngine.Cli.Reports;
using GraphEngine.Codegen;
using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Learning.Training;
using GraphEngine.Runtime;

namespace GraphEngine.Cli.Commands;

/// <summary>The verb <c>train</c>.</summary>
internal sealed class TrainCommand
{
    private const string DefaultDataset = "wordnet";

    private readonly CommandContext _context;
    private readonly TrainFlags _settings = new();
    private readonly Option<string?> _dataset = Flags.Text("--dataset", "NAME|FOLDER", $"A data set by name, or a dataset folder; {DefaultDataset} when left out.");
    private readonly Option<string?> _device = Flags.Device();
    private readonly Option<int?> _seeds = Flags.Whole("--seeds", "Train with so many seeds, from --seed on, and report means and deviations.", 1, 1000);
    private readonly Option<int?> _folds = Flags.Whole("--folds", "Hold out one of so many parts of the training nodes after the other, and report on those instead of test nodes: for choosing settings.", 2, 1000);
    private readonly Option<string?> _config = Flags.Text(ConfigFile.FlagName, "FILE", "A JSON object with flags by name; flags on the command line win.");
    private readonly Option<string?> _checkpoint = Flags.Text("--checkpoint", "FILE", "Keep the run in a .safetensors file, written after the first epoch, every few seconds and after the last one. One that is there is replaced, unless --resume goes on from it.");
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on from the checkpoint when it exists, with its settings but for those that flags give." };
    private readonly Option<string?> _plot = Flags.Text("--plot", "FILE", "Draw loss and metrics as PNG.");
    private readonly Option<bool> _noBaselines = new("--no-baselines") { Description = "Leave out the majority and linear baselines." };
    private readonly Option<string?> _disable = Flags.Disable("; not with --checkpoint");

    private TrainCommand(CommandContext context) => _context = context;

    /// <summary>Makes the verb.</summary>
    /// <param name="context">What it writes to.</param>
    public static Command Create(CommandContext context)
    {
        TrainCommand train = new(context);
        Command command = new("train", "Trains a model on a data set and reports its test metrics; without arguments, RGCN on WordNet. Some data sets have settings of their own in place of the usual ones.") { train._dataset };
        train._settings.AddTo(command, withRun: true);
        foreach (Option option in (Option[])[train._seeds, train._folds, train._device, train._config, train._checkpoint, train._resume, train._plot, train._noBaselines, train._disable])
            command.Add(option);
        command.SetAction(train.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        int seeds = parsed.GetValue(_seeds) ?? 1;
        string? checkpoint = parsed.GetValue(_checkpoint), plot = parsed.GetValue(_plot);
        if (parsed.GetValue(_resume) && checkpoint is null)
            throw new UsageException("--resume: there is nothing to resume from; name the file with --checkpoint.");
        if (checkpoint is not null && seeds > 1)
            throw new UsageException("--checkpoint: a file keeps one run, but --seeds asks for several; leave one of them out.");
        if (checkpoint is not null && parsed.GetValue(_folds) is not null)
            throw new UsageException("--checkpoint: a file keeps one run, but --folds asks for several; leave one of them out.");
        IReadOnlySet<string> disabled = PassNames.Parse(parsed.GetValue(_disable));
        if (checkpoint is not null && disabled.Count > 0)
            throw new UsageException("--disable: a checkpoint does not know which passes were left out, and going on from it would not give the same bits; leave --disable or --checkpoint out.");
        OutputFile.Check("--checkpoint", checkpoint);
        if (!parsed.GetValue(_resume) && File.Exists(checkpoint) && !Checkpoint.IsOne(checkpoint))
            throw new CommandException($"--checkpoint: '{checkpoint}' is a file of something else; give another name, since the checkpoint would take its place.");
        OutputFile.Check("--plot", plot);
        Checkpoint? resumed = parsed.GetValue(_resume) && File.Exists(checkpoint) ? Checkpoint.Read(checkpoint) : null;

        // The device and the compiler wake while the data set is read.
        _ = KernelCache.Default.WarmUp();
        Task<Device> opening = Task.Run(() => DeviceCatalogue.Open(parsed.GetValue(_device) ?? DeviceCatalogue.Auto));
        GraphData data;
        try
        {
            data = resumed is null
                ? new DatasetCatalogue().Load(parsed.GetValue(_dataset) ?? DefaultDataset, _context.Cancellation)
                : CheckpointRun.LoadData(checkpoint!, resumed, parsed.GetValue(_dataset), _context.Cancellation);
        }
        catch
        {
            opening.ContinueWith(t => t.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
        using Device device = opening.GetAwaiter().GetResult();
        TrainingOptions options = _settings.Read(parsed, data, resumed);
        if (options.Seed > TrainFlags.LargestSeed - seeds + 1)
            throw new UsageException($"--seeds: {seeds} seeds from {options.Seed} on go beyond the largest one, {TrainFlags.LargestSeed}; begin with a smaller --seed.");
        NodeTask task = Trainer.FindTask(data, options.Task);
        _context.Line($"{data.Name}: {data.Graph.NodeCount} nodes, {data.Graph.EdgeCount} edges{(options.Model.Inverse ? " and as many reversed" : "")}, task {task.Name} with {task.Classes.Count} classes; {options.Model.Model} on {device}");

        if (resumed is null && Recipes.AreOf(data, options.Model.Model))
            _context.Line($"where no flag says otherwise, the settings are those chosen for {data.Name}");
        if (!task.Splits.Contains(Split.Valid))
            _context.Line($"no validation nodes: every epoch is run, and the last one is kept");
        TrainingDisplay display = new(_context);
        int? folds = parsed.GetValue(_folds);
        CheckpointWriter? writer = checkpoint is null ? null : new CheckpointWriter(checkpoint, isThere: resumed is not null, display.Warn);
        TrainingRuns runs = TrainingRuns.Train(data, task, options, device, disabled, seeds, folds, display, resumed, writer is null ? null : writer.Consider, _context.Cancellation);
        TrainingResult first = runs.Results[0];
        string? interruption = !_context.Cancellation.IsCancellationRequested ? null
            : runs.IsWhole ? string.Create(CultureInfo.InvariantCulture, $"Interrupted: {runs.Results.Count} of {runs.Wanted} runs are complete; the figures are theirs.")
            : string.Create(CultureInfo.InvariantCulture, $"Interrupted {(runs.Wanted > 1 ? $"in the first of {runs.Wanted} runs, " : "")}after epoch {first.Epochs}; the metrics are those of epoch {first.BestEpoch}{(writer is { HasWritten: true } ? $". Go on with --resume --checkpoint {checkpoint}" : "")}.");
        List<string> failures = [.. ((string?[])[runs.Failure, writer?.Sentence]).OfType<string>()];
        int code = Cli.Failure;
        try
        {
            // The figures first: a picture that cannot be drawn must not cost them.
            code = Finish(data, task, device, runs.Results, folds, baselines: folds is null && !parsed.GetValue(_noBaselines), interruption);
            if (plot is not null && display.Epochs.Count > 0 && runs.Failure is null)
                TrainingPlot.Write(plot, $"{options.Model.Model} on {data.Name}, {task.Name}", display.Epochs);
        }
        catch (Exception e) when (failures.Count > 0 && (e is IOException or UnauthorizedAccessException))
        {
            failures.Add(ErrorText.Of(e));
        }
        return failures.Count == 0 ? code : throw new CommandException(string.Join(' ', failures));
    }

    private int Finish(GraphData data, NodeTask task, Device device, IReadOnlyList<TrainingResult> results, int? folds, bool baselines, string? interruption)
    {
        BaselinesReport? measured = baselines && !_context.Cancellation.IsCancellationRequested ? Baselines.Measure(data, task, device, results[0].Options.Model.Model, _context.Cancellation) : null;
        bool interrupted = _context.Cancellation.IsCancellationRequested;
        // Half a baseline is none.
        TrainReport report = TrainReport.Of(data.Name, task.Name, device.Id, results, folds, interrupted ? null : measured) with { Interrupted = interrupted ? true : null };
        ResultTable.Write(_context, report);
        TrainingResult last = results[^1];
        if (results.Count == 1)
            _context.Line($"{last.Epochs} {(last.Epochs == 1 ? "epoch" : "epochs")} done, the best was {last.BestEpoch}");
        string time = report.SecondsToFirstEpoch > 0
            ? string.Create(CultureInfo.InvariantCulture, $"first epoch after {report.SecondsToFirstEpoch:F1} s, {report.EpochMilliseconds:F0} ms each")
            : interrupted ? "no epoch was run" : "no epoch was left to run, and --epochs or --patience would have to be larger for more";
        _context.Line($"{report.Parameters} parameters, {time}; {report.PeakBytes / 1e6:F1} MB on the device");
        _context.WriteJson(report, CliJson.Default.TrainReport);
        if (!interrupted)
            return Cli.Success;
        _context.Line($"{interruption ?? "Interrupted while the baselines were measured; training was done."}");
        return Cli.Interrupted;
    }
}
