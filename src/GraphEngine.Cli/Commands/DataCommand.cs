using System.CommandLine;
using GraphEngine.Cli.Reports;
using GraphEngine.Data;
using GraphEngine.Graphs;

namespace GraphEngine.Cli.Commands;

/// <summary>The verb <c>data</c> and those of its parts that make or copy data sets.</summary>
internal static class DataCommand
{
    /// <summary>Makes the verb.</summary>
    /// <param name="context">What it writes to.</param>
    public static Command Create(CommandContext context) => new("data", "Lists, describes, imports, exports, generates and downloads data sets.")
    {
        DataListCommand.Create(context), DataInfoCommand.Create(context), Import(context), Export(context), Generate(context), DataDownloadCommand.Create(context),
    };

    private static Command Import(CommandContext context)
    {
        Option<string> format = Flags.Required("--format", string.Join('|', DatasetImport.Formats), "The format of the source."), output = Flags.Required("--out", "FOLDER", "The dataset folder to write.");
        Argument<string> source = new("SOURCE") { Description = "The file or folder that the format expects." };
        Command command = new("import", "Makes a dataset folder from another format.") { source, format, output };
        command.SetAction(parsed =>
        {
            string folder = parsed.GetRequiredValue(output);
            GraphData data = DatasetImport.Import(parsed.GetRequiredValue(format), parsed.GetRequiredValue(source), folder, context.Cancellation).Data;
            return Report(context, data, folder);
        });
        return command;
    }

    private static Command Export(CommandContext context)
    {
        Argument<string> dataset = new("D") { Description = "A data set by name, or a dataset folder." };
        Option<string> output = Flags.Required("--out", "FILE", "The .safetensors file to write.");
        Command command = new("export", "Writes a data set as one .safetensors file, for other systems.") { dataset, output };
        command.SetAction(parsed =>
        {
            string file = parsed.GetRequiredValue(output);
            OutputFile.Check(output.Name, file);
            GraphData data = new DatasetCatalogue().Load(parsed.GetRequiredValue(dataset), context.Cancellation);
            DatasetExport.ToSafetensors(data, file);
            return Report(context, data, file);
        });
        return command;
    }

    private static Command Generate(CommandContext context)
    {
        ShapeFlags shape = new(isRequired: true);
        Option<string> output = Flags.Required("--out", "FOLDER", "The dataset folder to write.");
        Command command = new("generate", "Makes a seeded graph with the counts and skew of a published benchmark.") { output };
        shape.AddTo(command);
        command.SetAction(parsed =>
        {
            string folder = parsed.GetRequiredValue(output);
            GraphData data = shape.Generate(parsed, context.Cancellation);
            DatasetFolder.Write(data, folder, cancellation: context.Cancellation);
            return Report(context, data, folder);
        });
        return command;
    }

    private static int Report(CommandContext context, GraphData data, string output)
    {
        context.Line($"{output}: {data.Graph.NodeCount} nodes, {data.Graph.EdgeCount} edges, {data.Tasks.Count} tasks");
        context.WriteJson(new DataFileReport(data.Name, output, data.Graph.NodeCount, data.Graph.EdgeCount), CliJson.Default.DataFileReport);
        return Cli.Success;
    }
}
