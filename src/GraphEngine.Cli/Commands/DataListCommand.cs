using System.CommandLine;
using GraphEngine.Cli.Reports;
using GraphEngine.Data;
using Spectre.Console;

namespace GraphEngine.Cli.Commands;

/// <summary>The verb <c>data list</c>: what is on this machine and what can be downloaded.</summary>
internal static class DataListCommand
{
    /// <summary>Makes the verb.</summary>
    /// <param name="context">What it writes to.</param>
    public static Command Create(CommandContext context)
    {
        Command command = new("list", "Lists the data sets on this machine and those that can be downloaded.");
        command.SetAction(_ => Run(context));
        return command;
    }

    private static int Run(CommandContext context)
    {
        DatasetCatalogue catalogue = new();
        Dictionary<string, CatalogueEntry> entries = catalogue.Entries.ToDictionary(e => e.Name);
        List<DataEntryReport> reports = [];
        foreach ((string name, string folder) in catalogue.Present())
            reports.Add(new DataEntryReport(name, folder, entries.ContainsKey(name), entries.GetValueOrDefault(name)?.IsVerified, entries.GetValueOrDefault(name)?.Licence));
        foreach (CatalogueEntry entry in catalogue.Entries.Where(e => reports.TrueForAll(r => r.Name != e.Name)))
            reports.Add(new DataEntryReport(entry.Name, null, Downloadable: true, entry.IsVerified, entry.Licence));

        Table table = context.Table("name", "where", "licence");
        foreach (DataEntryReport report in reports)
            table.AddRow(Markup.Escape(report.Name), Markup.Escape(report.Folder ?? $"data download {report.Name}"), Markup.Escape(report.Licence ?? "see its folder"));
        context.Console.Write(table);
        context.WriteJson(new DataListReport(reports), CliJson.Default.DataListReport);
        return Cli.Success;
    }
}
