using GraphEngine.Cli.Rendering;
using GraphEngine.Graphs;
using GraphEngine.Learning.Training;
using GraphEngine.Runtime;

namespace GraphEngine.Cli;

/// <summary>The runs of a command: every seed, on every fold.</summary>
/// <param name="Wanted">How many runs were asked for.</param>
/// <param name="Results">The results of the complete runs, with the seconds to the first epoch from the start of the process. One that is interrupted
/// counts only where it is the first: beside complete ones it would spoil their mean.</param>
/// <param name="IsWhole">True unless the only result is that of an interrupted run.</param>
/// <param name="Failure">Which run failed and why, where others were complete before it; null where none did.</param>
internal sealed record TrainingRuns(int Wanted, IReadOnlyList<TrainingResult> Results, bool IsWhole, string? Failure)
{
    /// <summary>Trains.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="task">The task.</param>
    /// <param name="options">The settings of the first seed.</param>
    /// <param name="device">The device.</param>
    /// <param name="disabled">Names of passes to leave out.</param>
    /// <param name="seeds">The number of seeds.</param>
    /// <param name="folds">The number of parts of the training nodes that are held out in turn; null to hold out none.</param>
    /// <param name="display">Told about every epoch.</param>
    /// <param name="resumed">A checkpoint to go on from.</param>
    /// <param name="save">Offered checkpoints.</param>
    /// <param name="cancel">Stops after the current epoch.</param>
    public static TrainingRuns Train(
        GraphData data, NodeTask task, TrainingOptions options, Device device, IReadOnlySet<string> disabled, int seeds, int? folds, TrainingDisplay display, Checkpoint? resumed,
        Action<CheckpointOffer>? save, CancellationToken cancel)
    {
        (GraphData Data, string Name)[] sets = folds is int parts
            ? [.. CrossValidation.Folds(task, parts, options.Seed).Select((t, i) => (data with { Tasks = [t] }, $"fold {i + 1}, "))]
            : [(data, "")];
        int wanted = sets.Length * seeds;
        List<TrainingResult> results = [];
        string name = "";
        try
        {
            foreach ((GraphData set, string fold) in sets)
            {
                name = fold;
                using NodeClassifier classifier = Trainer.Prepare(set, options, device, disabled);
                for (int i = 0; i < seeds; i++)
                {
                    TrainingOptions run = options with { Seed = options.Seed + i };
                    name = wanted == 1 ? options.Model.Model : $"{fold}seed {run.Seed}";
                    double before = ProcessClock.Seconds;
                    TrainingResult result = display.Show(name, run.Epochs, resumed?.State.History ?? [], () => Trainer.Train(classifier, run, display, resumed, save, cancel));
                    // Checkpoints were written on the way: without its state a result keeps no parameters of the run while others follow.
                    result = result with
                    {
                        SecondsToFirstEpoch = result.SecondsToFirstEpoch > 0 ? before + result.SecondsToFirstEpoch : 0,
                        State = new TrainingState(),
                    };
                    bool isWhole = !cancel.IsCancellationRequested;
                    if (isWhole || results.Count == 0)
                        results.Add(result);
                    if (!isWhole)
                        return new TrainingRuns(wanted, results, results[^1] != result, null);
                }
            }
        }
        catch (Exception e) when (results.Count > 0 && e is not OperationCanceledException)
        {
            // The runs before it were complete, and their figures are worth having.
            return new TrainingRuns(wanted, results, true, $"The run {name.TrimEnd(' ', ',')} failed, and the figures are those of the {results.Count} of {wanted} runs before it: {ErrorText.Of(e)}");
        }
        return new TrainingRuns(wanted, results, true, null);
    }
}
