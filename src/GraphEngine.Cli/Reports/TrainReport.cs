using GraphEngine.Learning.Benchmarks;
using GraphEngine.Learning.Training;

namespace GraphEngine.Cli.Reports;

/// <summary>The result of <c>train</c> and <c>evaluate</c>.</summary>
/// <param name="Dataset">The name of the data set.</param>
/// <param name="Task">The task.</param>
/// <param name="Model">The model.</param>
/// <param name="Device">Where it ran.</param>
/// <param name="Seeds">The number of seeds.</param>
/// <param name="Folds">The number of folds of a cross-validation; null without one.</param>
/// <param name="Epochs">Epochs done; the most of all seeds.</param>
/// <param name="Parameters">Trainable numbers.</param>
/// <param name="SecondsToFirstEpoch">From the start of the process to the end of the first epoch, or to the first scores.</param>
/// <param name="EpochMilliseconds">The median time of an epoch, or of one run over the whole graph.</param>
/// <param name="PeakBytes">Device memory in use.</param>
/// <param name="Valid">Metrics on the validation part; null without one.</param>
/// <param name="Test">Metrics on the test part; null without one, and with folds.</param>
/// <param name="HeldOut">Metrics on the folds that were held out in turn; null without folds.</param>
/// <param name="Baselines">What to compare with; null when they were not asked for.</param>
/// <param name="Runs">Each seed, of each fold.</param>
/// <param name="Options">All settings.</param>
/// <param name="Interrupted">True when it was stopped before all that was asked for was done; else null.</param>
internal sealed record TrainReport(
    string Dataset, string Task, string Model, string Device, int Seeds, int? Folds, int Epochs, long Parameters, double SecondsToFirstEpoch, double EpochMilliseconds,
    long PeakBytes, MetricsReport? Valid, MetricsReport? Test, MetricsReport? HeldOut, BaselinesReport? Baselines, IReadOnlyList<RunReport> Runs, TrainingOptions Options, bool? Interrupted = null)
{
    /// <summary>Summarises the runs of several seeds and folds.</summary>
    /// <param name="dataset">The name of the data set.</param>
    /// <param name="task">The task.</param>
    /// <param name="device">Where it ran.</param>
    /// <param name="runs">The result of each seed, at least one; fold by fold.</param>
    /// <param name="folds">The number of folds; null without cross-validation.</param>
    /// <param name="baselines">What to compare with.</param>
    public static TrainReport Of(string dataset, string task, string device, IReadOnlyList<TrainingResult> runs, int? folds, BaselinesReport? baselines) => new(
        dataset, task, runs[0].Options.Model.Model, device, DistinctSeeds(runs), folds, runs.Max(r => r.Epochs), runs[0].Parameters, runs[0].SecondsToFirstEpoch,
        Timing.MedianOf(runs.Select(r => r.EpochMilliseconds)), runs[0].PeakBytes,
        MetricsReport.Of([.. runs.Select(r => r.Valid)]), folds is null ? MetricsReport.Of([.. runs.Select(r => r.Test)]) : null, folds is null ? null : MetricsReport.Of([.. runs.Select(r => r.Test)]), baselines,
        [.. runs.Select((r, i) => new RunReport(r.Options.Seed, folds is null ? null : (i / DistinctSeeds(runs)) + 1, r.Epochs, r.BestEpoch, folds is null ? MetricsReport.Of([r.Test]) : null, folds is null ? null : MetricsReport.Of([r.Test])))], runs[0].Options);

    private static int DistinctSeeds(IReadOnlyList<TrainingResult> runs) => runs.Select(r => r.Options.Seed).Distinct().Count();
}
