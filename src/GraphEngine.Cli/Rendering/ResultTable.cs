using System.Globalization;
using GraphEngine.Cli.Reports;
using Spectre.Console;

namespace GraphEngine.Cli.Rendering;

/// <summary>The end of <c>train</c> and <c>evaluate</c>: metrics with the baselines beside them.</summary>
internal static class ResultTable
{
    /// <summary>What test nodes are called.</summary>
    public const string Test = "test";

    /// <summary>What validation nodes are called.</summary>
    public const string Validation = "validation";

    /// <summary>Writes the table.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="report">The result.</param>
    public static void Write(CommandContext context, TrainReport report)
    {
        Table table = context.Table("model", ">accuracy", ">micro F1", ">macro F1");
        if (report.Valid is { } valid)
            AddRow(table, $"{report.Model}, {Validation}", valid);
        if (report.HeldOut is { } heldOut)
            AddRow(table, $"{report.Model}, held out", heldOut);
        else if (report.Test is { } test)
            AddRow(table, $"{report.Model}, {Test}", test);
        else
            table.AddRow(Markup.Escape($"{report.Model}, {Test}"), "no test nodes", "", "");
        if (report.Baselines is { } baselines)
        {
            table.AddRow($"majority, {baselines.Part}", Text(baselines.Majority), "", "");
            if (baselines.Linear is double linear)
                table.AddRow($"linear, {baselines.Part}", Text(linear), "", "");
            else if (baselines.WithoutLinear is string reason)
                table.AddRow($"linear, {baselines.Part}", reason, "", "");
        }
        context.Console.Write(table);
    }

    private static void AddRow(Table table, string name, MetricsReport metrics) => table.AddRow(
        Markup.Escape(name), Text(metrics.Accuracy, metrics.AccuracyDeviation), Text(metrics.MicroF1, metrics.MicroF1Deviation), Text(metrics.MacroF1, metrics.MacroF1Deviation));

    private static string Text(double mean, double? deviation = null) => deviation is double d
        ? string.Create(CultureInfo.InvariantCulture, $"{mean:F4} ± {d:F4}")
        : mean.ToString("F4", CultureInfo.InvariantCulture);
}
