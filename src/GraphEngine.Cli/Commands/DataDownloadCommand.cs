using System.CommandLine;
using GraphEngine.Cli.Reports;
using GraphEngine.Data;
using GraphEngine.Graphs;
using Spectre.Console;

namespace GraphEngine.Cli.Commands;

/// <summary>The verb <c>data download</c>: fetches a data set of the catalogue and imports it.</summary>
internal static class DataDownloadCommand
{
    /// <summary>Makes the verb.</summary>
    /// <param name="context">What it writes to.</param>
    public static Command Create(CommandContext context)
    {
        Argument<string> name = new("NAME") { Description = "A data set that 'data list' shows." };
        Command command = new("download", "Fetches a data set, checks it and keeps it; goes on where an earlier download stopped.") { name };
        command.SetAction(parsed => Run(context, parsed.GetRequiredValue(name)));
        return command;
    }

    private static int Run(CommandContext context, string name)
    {
        DatasetCatalogue catalogue = new();
        using HttpClient client = new() { Timeout = Timeout.InfiniteTimeSpan };
        if (catalogue.Entries.FirstOrDefault(e => e.Name == name) is { IsVerified: false })
            context.Line($"warning: the catalogue has no checksum for every file of {name}; only its counts will be checked.");
        string folder = "";
        if (context.IsTerminal)
        {
            context.Console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn())
                .Start(progress => folder = Fetch(catalogue, name, client, new Bars(progress), context.Cancellation));
        }
        else
        {
            folder = Fetch(catalogue, name, client, null, context.Cancellation);
        }
        GraphData data = DatasetFolder.Read(folder, context.Cancellation);
        context.Line($"{folder}: {data.Graph.NodeCount} nodes, {data.Graph.EdgeCount} edges, {data.Tasks.Count} tasks");
        context.WriteJson(new DataFileReport(data.Name, folder, data.Graph.NodeCount, data.Graph.EdgeCount), CliJson.Default.DataFileReport);
        return Cli.Success;
    }

    private static string Fetch(DatasetCatalogue catalogue, string name, HttpClient client, IProgress<DownloadProgress>? progress, CancellationToken cancel) =>
        catalogue.DownloadAsync(name, client, progress, cancel).GetAwaiter().GetResult();

    /// <summary>One bar per file.</summary>
    /// <param name="progress">Draws them.</param>
    private sealed class Bars(ProgressContext progress) : IProgress<DownloadProgress>
    {
        private readonly Dictionary<string, ProgressTask> _bars = [];

        public void Report(DownloadProgress value)
        {
            if (!_bars.TryGetValue(value.File, out ProgressTask? bar))
                _bars[value.File] = bar = progress.AddTask(Markup.Escape(value.File));
            bar.IsIndeterminate = value.Total is null;
            bar.MaxValue = value.Total ?? value.Bytes;
            bar.Value = value.Bytes;
        }
    }
}
