using System.CommandLine;
using System.Globalization;
using GraphEngine.Cli.Reports;
using GraphEngine.Data;
using Spectre.Console;

namespace GraphEngine.Cli.Commands;

/// <summary>The verb <c>data info</c>: reads and checks a data set, and describes it.</summary>
internal static class DataInfoCommand
{
    /// <summary>Makes the verb.</summary>
    /// <param name="context">What it writes to.</param>
    public static Command Create(CommandContext context)
    {
        Argument<string> dataset = new("D") { Description = "A data set by name, or a dataset folder." };
        Command command = new("info", "Checks a data set and describes its types and tasks.") { dataset };
        command.SetAction(parsed => Run(context, parsed.GetRequiredValue(dataset)));
        return command;
    }

    private static int Run(CommandContext context, string nameOrPath)
    {
        string folder = new DatasetCatalogue().Find(nameOrPath);
        DataInfoReport info = DataInfoReport.Of(DatasetFolder.Read(folder, context.Cancellation), folder);
        context.Line($"{info.Name}: {info.Nodes} nodes, {info.Edges} edges, {info.SourceGroups} source groups, {info.TargetGroups} target groups");
        context.Line($"source: {info.Source}");
        context.Line($"licence: {info.Licence}");
        Table nodes = context.Table("node type", ">count", ">features");
        foreach (DataInfoReport.NodeTypeReport type in info.NodeTypes)
            nodes.AddRow(Markup.Escape(type.Name), Text(type.Count), Text(type.Features));
        Table edges = context.Table("edge type", "source", "target", ">count");
        foreach (DataInfoReport.EdgeTypeReport type in info.EdgeTypes)
            edges.AddRow(Markup.Escape(type.Name), Markup.Escape(type.Source), Markup.Escape(type.Target), Text(type.Count));
        Table tasks = context.Table("task", "node type", ">classes", "labels", ">train", ">valid", ">test");
        foreach (DataInfoReport.TaskReport task in info.Tasks)
            tasks.AddRow(Markup.Escape(task.Name), Markup.Escape(task.NodeType), Text(task.Classes), task.MultiLabel ? "several" : "one", Text(task.Train), Text(task.Valid), Text(task.Test));
        foreach (Table table in (Table[])[nodes, edges, tasks])
            context.Console.Write(table);
        context.WriteJson(info, CliJson.Default.DataInfoReport);
        return Cli.Success;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
