using System.CommandLine;
using System.Globalization;
using System.Reflection;
using GraphEngine.Cli.Reports;
using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Kernels;
using GraphEngine.Learning.Benchmarks;
using GraphEngine.Learning.Models;
using GraphEngine.Runtime;
using GraphEngine.Spaces;
using Spectre.Console;

namespace GraphEngine.Cli.Commands;

/// <summary>The verb <c>bench</c>: one layer on one graph, or single kernels, beside the machine's own peaks.</summary>
internal sealed class BenchCommand
{
    private const int DefaultWidth = 64;
    private const int ProfileRuns = 7;
    private const double KernelScale = 0.1;

    private const string SystemName = "graphengine";

    private static readonly string Version = typeof(BenchCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private readonly CommandContext _context;
    private readonly ShapeFlags _shape = new(isRequired: false);
    private readonly Option<string?> _dataset = Flags.Text("--dataset", "NAME|FOLDER", "A data set by name, or a dataset folder.");
    private readonly Option<string?> _model = Flags.OneOf("--model", "The model whose layer runs.", LayerBenchmark.Models);
    private readonly Option<string?> _mode = Flags.OneOf("--mode", "The layer alone, or a training step of it.", ["infer", "train"]);
    private readonly Option<int?> _in = Flags.Whole("--in", "Width of the features.", 1, 4096);
    private readonly Option<int?> _out = Flags.Whole("--out", "Width of the result.", 1, 4096);
    private readonly Option<int?> _heads = Flags.Whole("--heads", "Attention heads, of models that have attention.", 1, 64);
    private readonly Option<string?> _disable = Flags.Disable();
    private readonly Option<int?> _repeat = Flags.Whole("--repeat", "How often it runs; as often as fits in two seconds when left out.", 1, 100_000);
    private readonly Option<string?> _device = Flags.Device();
    private readonly Option<string?> _export = Flags.Text("--export", "FILE", "Write the layer's features, weights and result, or its loss and gradients, as a .safetensors file to check other systems by.");
    private readonly Option<bool> _tune = new("--tune") { Description = "Search for faster schedules of the layer's kernels first; they are kept for this device." };
    private readonly Option<bool> _kernels = new("--kernels") { Description = "Measure single kernels instead of a layer." };

    private BenchCommand(CommandContext context) => _context = context;

    /// <summary>Makes the verb.</summary>
    /// <param name="context">What it writes to.</param>
    public static Command Create(CommandContext context)
    {
        BenchCommand bench = new(context);
        Command command = new("bench", "Measures one layer on a graph, or single kernels, beside the machine's peaks.") { bench._dataset };
        bench._shape.AddTo(command);
        foreach (Option option in (Option[])[bench._model, bench._mode, bench._in, bench._out, bench._heads, bench._disable, bench._repeat, bench._device, bench._export, bench._tune, bench._kernels])
            command.Add(option);
        command.SetAction(parsed => parsed.GetValue(bench._kernels) ? bench.RunKernels(parsed) : bench.RunLayer(parsed));
        return command;
    }

    private int RunLayer(ParseResult parsed)
    {
        string model = parsed.GetValue(_model) ?? "rgcn", mode = parsed.GetValue(_mode) ?? "infer";
        int inWidth = parsed.GetValue(_in) ?? DefaultWidth, outWidth = parsed.GetValue(_out) ?? DefaultWidth, heads = parsed.GetValue(_heads) ?? 1;
        if (heads != 1 && !new ModelOptions { Model = model }.HasAttention)
            throw new UsageException($"--heads: the model '{model}' has no attention and so no heads; leave the flag out.");
        if (outWidth % heads != 0)
            throw new UsageException($"--heads: a width of {outWidth} cannot be divided among {heads} heads; choose a divisor.");
        IReadOnlySet<string> disabled = PassNames.Parse(parsed.GetValue(_disable));
        string? export = parsed.GetValue(_export);
        OutputFile.Check(_export.Name, export);
        _ = KernelCache.Default.WarmUp();
        GraphData data = _shape.Load(parsed, parsed.GetValue(_dataset), _context.Cancellation);
        if (export is not null && !LayerExport.Fits(data.Graph.NodeCount, Math.Max(inWidth, outWidth)))
            throw new CommandException($"--export: a tensor of {data.Graph.NodeCount} nodes and a width of {Math.Max(inWidth, outWidth)} does not fit in a file; use narrower layers or a smaller graph.");
        using Device device = DeviceCatalogue.Open(parsed.GetValue(_device) ?? DeviceCatalogue.Auto);
        Topology topology = LayerBenchmark.Topology(data.Graph, outWidth);
        Ir.Program program = LayerBenchmark.Build(model, data.Graph, inWidth, outWidth, heads, mode == "train");
        RelationStatistics statistics = RelationStatistics.Of(data.Graph);
        // What is only tried is not worth keeping on disk.
        KernelCache tried = new(folder: null);
        BenchReport.TuningReport? tuning = parsed.GetValue(_tune) ? Tune(device, schedules => new BoundProgram(program, topology, device, statistics, disabled, schedules, tried)) : null;
        using BoundProgram bound = new(program, topology, device, statistics, disabled);
        Timing timing = Timing.Of(bound.Executor, parsed.GetValue(_repeat), _context.Cancellation);
        double[] times = Timing.OfKernels(bound.Executor, ProfileRuns, _context.Cancellation);
        DeviceRates rates = DeviceMeasurement.Measure(device);

        IReadOnlyList<KernelCost> costs = KernelCost.Of(bound.Compiled.Kernels, bound.Topology);
        double[] bounds = [.. costs.Select(c => c.BoundMilliseconds(rates.BandwidthGBs, rates.FmaGflops))];
        string? dataset = Path.GetFileName(parsed.GetValue(_dataset)?.TrimEnd('/', Path.DirectorySeparatorChar));
        BenchReport report = new(
            SystemName, Version, disabled.Count == 0 ? "all passes" : $"without {string.Join(", ", disabled)}", model, mode, _shape.Name(parsed) ?? dataset!, dataset, inWidth, outWidth, heads,
            device.Id, Environment.ProcessorCount, [.. disabled], data.Graph.NodeCount, data.Graph.EdgeCount,
            bound.Compiled.CompileTime.TotalMilliseconds, timing.Median, timing.Min, bound.TensorBytes, bound.IndexBytes, bound.Executor.Launches, bound.Compiled.TunedKernels, bounds.Sum() / timing.Median, rates.BandwidthGBs, rates.FmaGflops,
            [.. bound.Compiled.Kernels.Kernels.Select((k, i) => new BenchReport.KernelReport(k.Name, times[i], costs[i].Bytes, costs[i].Flops, bounds[i] / times[i]))], tuning);
        Write(report);
        // Last, so that what is written comes from the launches that were measured, on CUDA from their recording.
        if (export is not null)
        {
            LayerExport.Write(export, bound, mode == "train" ? outWidth : null, new Dictionary<string, string>
            {
                ["system"] = SystemName,
                ["version"] = Version,
                ["shape"] = report.Shape,
                ["model"] = model,
                ["mode"] = mode,
                ["device"] = device.Id,
            });
        }
        return Cli.Success;
    }

    private BenchReport.TuningReport Tune(Device device, Func<Func<EmittedKernel, Schedule?>, BoundProgram> bind)
    {
        ScheduleSearchResult found = ScheduleSearch.Run(bind, ScheduleTable.Of(device), _context.Cancellation);
        string note = found.IsSaved ? "" : "; the result could not be written and holds for this run only";
        _context.Line($"tuned {found.Changed} of {found.Kernels} kernels: {found.UsualMilliseconds:F3} -> {found.TunedMilliseconds:F3} ms{note}");
        return new BenchReport.TuningReport(found.Kernels, found.Changed, found.UsualMilliseconds, found.TunedMilliseconds);
    }

    private void Write(BenchReport report)
    {
        Table table = _context.Table("kernel", ">ms", ">MB", ">MFLOP", ">of roofline");
        foreach (BenchReport.KernelReport kernel in report.Kernels)
            table.AddRow(Markup.Escape(kernel.Name), Number(kernel.Milliseconds, "F3"), Number(kernel.Bytes * 1e-6, "F2"), Number(kernel.Flops * 1e-6, "F2"), Number(kernel.RooflineShare, "P0"));
        _context.Console.Write(table);
        _context.Line($"{report.Model} {report.Mode} {report.In} -> {report.Out} on {report.Shape} ({report.Nodes} nodes, {report.Edges} edges), {report.Device}");
        _context.Line($"median {report.MedianMilliseconds:F3} ms, min {report.MinMilliseconds:F3} ms, {report.Launches} launches, {report.RooflineShare:P0} of the roofline; compiled in {report.CompileMilliseconds:F0} ms");
        if (report.TunedKernels > 0)
            _context.Line($"{report.TunedKernels} kernels run with schedules that --tune found");
        _context.Line($"peak {report.PeakBytes / 1e6:F2} MB, and {report.IndexBytes / 1e6:F2} MB of index tables; machine: triad {report.BandwidthGBs:F1} GB/s, FMA {report.FmaGflops:F1} GFLOP/s");
        _context.WriteJson(report, CliJson.Default.BenchReport);
    }

    private int RunKernels(ParseResult parsed)
    {
        Option[] ofKernels = [_kernels, _device, Flags.Json, Flags.Debug];
        if (parsed.CommandResult.Command.Options.Except(ofKernels).FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is Option other)
            throw new UsageException($"{other.Name}: this is a setting of a layer, and --kernels measures single kernels; leave one of them out.");
        using Device device = DeviceCatalogue.Open(parsed.GetValue(_device) ?? DeviceCatalogue.Auto);
        HeteroGraph mag = ShapeGenerator.Generate("mag", KernelScale, cancellation: _context.Cancellation).Graph;
        KernelBenchmark[] benchmarks = [KernelBenchmarks.TallGemm(), KernelBenchmarks.TypedGemm(), KernelBenchmarks.GatherSum(mag), KernelBenchmarks.AdamStep()];
        // Other programs disturb a shared machine: the peaks are the better ones of before and after.
        DeviceRates before = DeviceMeasurement.Measure(device);
        double[] times = [.. benchmarks.Select(b => KernelBenchmarks.Run(b, device, _context.Cancellation).Min)];
        DeviceRates rates = DeviceMeasurement.Measure(device);
        rates = new DeviceRates(Math.Max(before.BandwidthGBs, rates.BandwidthGBs), Math.Max(before.FmaGflops, rates.FmaGflops));
        List<KernelBenchReport.KernelRate> kernels = [];
        Table table = _context.Table("kernel", ">ms", ">rate", "unit", ">of peak");
        for (int i = 0; i < benchmarks.Length; i++)
        {
            double rate = benchmarks[i].Work / times[i] * 1e-6;
            (string unit, double peak) = benchmarks[i].IsArithmetic ? ("GFLOP/s", rates.FmaGflops) : ("GB/s", rates.BandwidthGBs);
            kernels.Add(new KernelBenchReport.KernelRate(benchmarks[i].Name, times[i], rate, unit, rate / peak));
            table.AddRow(benchmarks[i].Name, Number(times[i], "F3"), Number(rate, "F1"), unit, Number(rate / peak, "P0"));
        }
        _context.Console.Write(table);
        _context.Line($"{device}: triad {rates.BandwidthGBs:F1} GB/s, FMA {rates.FmaGflops:F1} GFLOP/s");
        _context.WriteJson(new KernelBenchReport(device.Id, rates.BandwidthGBs, rates.FmaGflops, kernels), CliJson.Default.KernelBenchReport);
        return Cli.Success;
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
