using System.CommandLine;
using GraphEngine.Cli.Reports;
using GraphEngine.Data;

namespace GraphEngine.Cli.Commands;

/// <summary>The verb <c>predict</c>: classes and their probabilities as a Parquet table.</summary>
internal static class PredictCommand
{
    /// <summary>Makes the verb.</summary>
    /// <param name="context">What it writes to.</param>
    public static Command Create(CommandContext context)
    {
        Option<string> checkpoint = Flags.Required("--checkpoint", "FILE", "What 'train --checkpoint' wrote."), output = Flags.Required("--out", "FILE", "The Parquet file to write.");
        Option<string?> dataset = Flags.Text("--dataset", "NAME|FOLDER", "The data set; the one it was trained on when left out."), device = Flags.Device();
        Command command = new("predict", "Writes the predicted class of every node, with its probability, as Parquet.") { checkpoint, output, dataset, device };
        command.SetAction(parsed => Run(context, parsed.GetRequiredValue(checkpoint), parsed.GetRequiredValue(output), parsed.GetValue(dataset), parsed.GetValue(device)));
        return command;
    }

    private static int Run(CommandContext context, string path, string output, string? dataset, string? deviceId)
    {
        OutputFile.Check("--out", output);
        using CheckpointRun run = CheckpointRun.Open(path, dataset, deviceId, context.Cancellation);
        string[]? ids = run.Data.Ids[run.Data.Graph.Schema.NodeTypeIndex(run.Task.NodeType)];
        PredictionTable.Write(output, run.Task, ids, run.Classifier.Scores(), context.Cancellation);
        int rows = run.Task.Splits.Length;
        context.Line($"{output}: {rows} nodes of type {run.Task.NodeType}, task {run.Task.Name}");
        context.WriteJson(
            new PredictReport(run.Data.Name, run.Task.Name, run.Checkpoint.Options.Model.Model, run.Device.Id, output, rows), CliJson.Default.PredictReport);
        return Cli.Success;
    }
}
