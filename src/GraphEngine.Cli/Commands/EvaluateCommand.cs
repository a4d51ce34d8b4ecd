using System.CommandLine;
using System.Diagnostics;
using GraphEngine.Cli.Rendering;
using GraphEngine.Cli.Reports;
using GraphEngine.Graphs;
using GraphEngine.Learning.Benchmarks;
using GraphEngine.Learning.Training;

namespace GraphEngine.Cli.Commands;

/// <summary>The verb <c>evaluate</c>: the metrics of a checkpoint's best parameters.</summary>
internal static class EvaluateCommand
{
    private const int Repeats = 5;

    /// <summary>Makes the verb.</summary>
    /// <param name="context">What it writes to.</param>
    public static Command Create(CommandContext context)
    {
        Option<string> checkpoint = Flags.Required("--checkpoint", "FILE", "What 'train --checkpoint' wrote.");
        Option<string?> dataset = Flags.Text("--dataset", "NAME|FOLDER", "The data set; the one it was trained on when left out."), device = Flags.Device();
        Option<bool> noBaselines = new("--no-baselines") { Description = "Leave out the majority and linear baselines." };
        Command command = new("evaluate", "Reports the metrics of a checkpoint.") { checkpoint, dataset, device, noBaselines };
        command.SetAction(parsed => Run(context, parsed.GetRequiredValue(checkpoint), parsed.GetValue(dataset), parsed.GetValue(device), !parsed.GetValue(noBaselines)));
        return command;
    }

    private static int Run(CommandContext context, string path, string? dataset, string? deviceId, bool baselines)
    {
        using CheckpointRun run = CheckpointRun.Open(path, dataset, deviceId, context.Cancellation);
        context.Line($"{run.Data.Name}: {run.Data.Graph.NodeCount} nodes, {run.Data.Graph.EdgeCount} edges, task {run.Task.Name} with {run.Task.Classes.Count} classes; {run.Checkpoint.Options.Model.Model} on {run.Device}");
        float[] scores = new float[run.Classifier.ScoreCount];
        run.Classifier.Scores(scores);
        double first = ProcessClock.Seconds;
        List<double> times = [];
        for (int i = 0; i < Repeats; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            run.Classifier.Scores(scores);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        TrainingResult result = new(
            run.Checkpoint.Options, run.Checkpoint.State.Epoch, run.Checkpoint.State.BestEpoch, run.Classifier.ParameterCount, run.Classifier.Bytes, first,
            Timing.MedianOf(times),
            ClassificationMetrics.Of(run.Task, scores, Split.Valid), ClassificationMetrics.Of(run.Task, scores, Split.Test));
        TrainReport report = TrainReport.Of(
            run.Data.Name, run.Task.Name, run.Device.Id, [result], folds: null, baselines ? Baselines.Measure(run.Data, run.Task, run.Device, run.Checkpoint.Options.Model.Model, context.Cancellation) : null);
        context.Cancellation.ThrowIfCancellationRequested();
        ResultTable.Write(context, report);
        context.WriteJson(report, CliJson.Default.TrainReport);
        return Cli.Success;
    }
}
