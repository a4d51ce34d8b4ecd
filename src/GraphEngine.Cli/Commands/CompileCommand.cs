using System.CommandLine;
using System.Globalization;
using GraphEngine.Cli.Rendering;
using GraphEngine.Cli.Reports;
using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Graphs;
using GraphEngine.Kernels;
using GraphEngine.Learning.Training;
using GraphEngine.Passes;
using GraphEngine.Runtime;
using GraphEngine.Spaces;
using IrProgram = GraphEngine.Ir.Program;
using Leaf = GraphEngine.Ir.Op.Leaf;

namespace GraphEngine.Cli.Commands;

/// <summary>The verb <c>compile</c>: shows what the compiler makes of a model, pass by pass, without running it.</summary>
internal sealed class CompileCommand
{
    private readonly CommandContext _context;
    private readonly TrainFlags _settings = new();
    private readonly ShapeFlags _shape = new(isRequired: false);
    private readonly Option<string?> _dataset = Flags.Text("--dataset", "NAME|FOLDER", "A data set by name, or a dataset folder.");
    private readonly Option<string?> _mode = Flags.OneOf("--mode", "A training step, or the scores alone.", ["infer", "train"]);
    private readonly Option<string?> _dump = Flags.Text("--dump", "FOLDER", "Write numbered files instead of printing, and among them what is too long to print: the program after each pass, and the kernels.");
    private readonly Option<string?> _disable = Flags.Disable();
    private readonly Option<string?> _device = Flags.Text("--device", "ID", "The device to compile for: auto, cpu, cuda:N or opencl:N; the CPU when left out. Nothing runs on it.");
    private readonly Option<string?> _emit = Flags.Text("--emit", string.Join(',', EmitTarget.All.Select(t => t.Name)), "Show the kernels in these forms.");

    private const string CpuDevice = "cpu";
    private const int LargestBuffers = 8;
    private const int MostEdgesCompared = 2_000_000;

    private CompileCommand(CommandContext context) => _context = context;

    /// <summary>Makes the verb.</summary>
    /// <param name="context">What it writes to.</param>
    public static Command Create(CommandContext context)
    {
        CompileCommand compile = new(context);
        Command command = new("compile", "Shows what each pass makes of a model's program, its kernels, its memory, and its predicted bytes and operations.") { compile._dataset };
        compile._shape.AddTo(command);
        compile._settings.AddTo(command, withRun: false);
        foreach (Option option in (Option[])[compile._mode, compile._device, compile._dump, compile._disable, compile._emit])
            command.Add(option);
        command.SetAction(compile.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        IReadOnlySet<string> disabled = PassNames.Parse(parsed.GetValue(_disable));
        IReadOnlyList<EmitTarget> targets = EmitTarget.Parse(parsed.GetValue(_emit));
        string mode = parsed.GetValue(_mode) ?? "train";
        string? folder = parsed.GetValue(_dump);
        if (File.Exists(folder))
            throw new CommandException($"--dump: '{folder}' is a file; give the name of a folder.");
        GraphData data = _shape.Load(parsed, parsed.GetValue(_dataset), _context.Cancellation);
        TrainingOptions options = _settings.Read(parsed, data);
        NodeTask task = Trainer.FindTask(data, options.Task);
        ClassificationPlan plan = ClassificationPlan.Of(data, task, options.Model, mode == "train" ? options.CreateOptimizer() : null);
        DumpFiles files = new(folder, _context.Text);
        List<CompileReport.PassReport> passes = [];
        List<CompileReport.RemarkReport> remarks = [];
        using Device device = DeviceCatalogue.Open(parsed.GetValue(_device) ?? CpuDevice);
        PipelineOptions Options(DeviceProfile profile, params string[] without) => profile.Options(plan.Statistics, disabled.Concat(without).ToHashSet());
        PlannedProgram Compile(IrProgram program, PipelineOptions settings, IndexTables tables)
        {
            _context.Cancellation.ThrowIfCancellationRequested();
            KernelProgram kernels = Pipeline.Run(program, settings);
            return new PlannedProgram(kernels, CompiledProgram.Emit(kernels, device), tables);
        }
        PlannedProgram compiled = Compile(
            plan.Program,
            Options(device.Profile) with
            {
                Remark = r => remarks.Add(new CompileReport.RemarkReport(r.Pass, r.Text)),
                Dump = (name, p) =>
                {
                    passes.Add(new CompileReport.PassReport(name, p.Nodes.Count));
                    files.WriteNext(name, p.ToString(), isLong: true);
                },
            },
            new IndexTables(plan.Topology));
        PlannedProgram[] evaluations = plan.Evaluation is null ? [] : Evaluations(Compile(plan.Evaluation, Options(device.Profile), compiled.Tables), plan.Parts.Select(p => p.Topology));
        // Each pass's saving is that of another compilation, whose costs are counted edge by edge.
        bool isCompared = plan.Graph.EdgeCount <= MostEdgesCompared;
        ProgramCost paid = ProgramCost.Of(compiled);
        CompileReport report = CompileReport.Of(data.Name, options.Model.Model, mode, device.Profile, disabled, plan, compiled, evaluations) with
        {
            Passes = passes,
            Remarks = remarks,
            Savings = [.. Pipeline.Optional.Where(pass => isCompared && !disabled.Contains(pass)).Select(pass => CompileReport.SavingReport.Of(pass, ProgramCost.Of(Compile(plan.Program, Options(device.Profile, pass), compiled.Tables)), paid))],
        };
        files.WriteNext("kernels", KernelPrinter.Print(compiled.Kernels), isLong: true);
        files.WriteNext("arena", CompileText.Arena(report));
        files.WriteNext("tensors", CompileText.Tensors(report));
        files.WriteNext("cost", CompileText.Cost(report));
        if (report.Relations.Count > 0)
            files.WriteNext("sides", CompileText.Sides(report));
        foreach (EmitTarget target in targets)
        {
            _context.Cancellation.ThrowIfCancellationRequested();
            foreach ((string file, string text) in target.Emit(Pipeline.Run(plan.Program, Options(target.Profile()))))
                files.Write(file, text);
        }
        Summarize(report with { Files = files.Files }, isCompared);
        if (folder is not null)
            _context.Line($"{files.Files.Count} files in {folder}");
        _context.WriteJson(report with { Files = files.Files }, CliJson.Default.CompileReport);
        return Cli.Success;
    }

    private void Summarize(CompileReport report, bool isCompared)
    {
        _context.Line($"{report.Model} {report.Mode} on {report.Graph}: {report.Kernels.Count} kernels in {report.Launches} launches, arena {report.ArenaBytes / 1e6:F2} MB, {report.Bytes / 1e6:F2} MB moved, {report.Flops / 1e6:F2} MFLOP");
        foreach (string pass in report.Remarks.Select(r => r.Pass).Distinct())
            _context.Line($"{CompileText.Sentence(pass, report)}");
        if (!isCompared)
            _context.Line($"what each pass saves is counted for graphs of up to {MostEdgesCompared} edges");
        long temporaries = Math.Max(report.ArenaBytes, report.ScoresArenaBytes);
        _context.Line($"memory {report.PeakBytes / 1e6:F2} MB: {report.PersistentBytes / 1e6:F2} MB of inputs, parameters and states, {temporaries / 1e6:F2} MB of temporaries, {report.IndexBytes / 1e6:F2} MB of index tables");
        foreach (CompileReport.SlotReport slot in report.Arena.OrderByDescending(s => s.Bytes).Take(LargestBuffers))
            _context.Line($"  {slot.Bytes / 1e6,10:F2} MB  {slot.Name} : {slot.Space}[{slot.Row}]");
    }

    /// <summary>The program of the first part, with the tables of each: what they have in common with training is shared.</summary>
    private static PlannedProgram[] Evaluations(PlannedProgram scores, IEnumerable<Topology> parts) => [.. parts.Select(p => scores with { Tables = new IndexTables(p, scores.Tables) })];
}
