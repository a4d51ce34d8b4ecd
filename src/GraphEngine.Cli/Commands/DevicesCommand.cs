using System.CommandLine;
using System.Globalization;
using GraphEngine.Cli.Reports;
using GraphEngine.Codegen;
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
            using Device device = DeviceCatalogue.Open(description.Id);
            DeviceRates rates = DeviceMeasurement.Measure(device);
            double? gemm = GemmRate(device);
            reports.Add(new DeviceReport(description.Id, description.Name, description.Kind.ToString().ToLowerInvariant(), rates.BandwidthGBs, rates.FmaGflops, gemm));
            table.AddRow(description.Id, Markup.Escape(description.Name), reports[^1].Kind, Text(rates.BandwidthGBs), Text(rates.FmaGflops), gemm is double g ? Text(g) : "-");
        }
        context.Console.Write(table);
        context.WriteJson(new DevicesReport(reports), CliJson.Default.DevicesReport);
        return Cli.Success;
    }

    private static double? GemmRate(Device device)
    {
        try
        {
            return KernelBenchmarks.TallGemmGflops(device);
        }
        catch (Exception e) when (e is NotSupportedException or KernelCompilationException)
        {
            // The list is there to show what works: a device whose compiler refuses the kernel still has its other rates.
            return null;
        }
    }

    private static string Text(double rate) => rate.ToString("F1", CultureInfo.InvariantCulture);
}
