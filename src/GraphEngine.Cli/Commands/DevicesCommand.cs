using System.CommandLine;
using System.Globalization;
using GraphEngine.Cli.Reports;
using GraphEngine.Learning.Benchmarks;
using GraphEngine.Runtime;
using Spectre.Console;

namespace GraphEngine.Cli.Commands;

/// <summary>The verb <c>devices</c>: lists what can run, and how fast it is.</summary>
internal static class DevicesCommand
{
    /// <summary>Makes the verb.</summary>
    /// <param name="context">What it writes to.</param>
    public static Command Create(CommandContext context)
    {
        Command command = new("devices", "Lists the devices with their measured bandwidth, multiply-add rate and GEMM rate.");
        command.SetAction(_ => Run(context));
        return command;
    }

    private static int Run(CommandContext context)
    {
        List<DeviceReport> reports = [];
        Table table = context.Table("id", "name", "kind", ">triad GB/s", ">FMA GFLOP/s", ">GEMM GFLOP/s");
        foreach (DeviceDescription description in DeviceCatalogue.List())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            DeviceReport report = Measured(new DeviceReport(description.Id, description.Name, description.Kind.ToString().ToLowerInvariant(), null, null, null, null));
            reports.Add(report);
            table.AddRow(report.Id, Markup.Escape(report.Name), report.Kind, Text(report.BandwidthGBs), Text(report.FmaGflops), Text(report.GemmGflops));
        }
        context.Console.Write(table);
        foreach (DeviceReport report in reports.Where(r => r.Problem is not null))
            context.Line($"{report.Id}: {report.Problem}");
        context.WriteJson(new DevicesReport(reports), CliJson.Default.DevicesReport);
        return Cli.Success;
    }

    /// <summary>
    /// The rates of a device as far as they can be measured: the list is there to show what works, and one that fails hides no other.
    /// </summary>
    private static DeviceReport Measured(DeviceReport report)
    {
        try
        {
            using Device device = DeviceCatalogue.Open(report.Id);
            DeviceRates rates = DeviceMeasurement.Measure(device);
            report = report with { BandwidthGBs = rates.BandwidthGBs, FmaGflops = rates.FmaGflops };
            return report with { GemmGflops = KernelBenchmarks.TallGemmGflops(device) };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return report with { Problem = ErrorText.Of(e) };
        }
    }

    private static string Text(double? rate) => rate?.ToString("F1", CultureInfo.InvariantCulture) ?? "-";
}
