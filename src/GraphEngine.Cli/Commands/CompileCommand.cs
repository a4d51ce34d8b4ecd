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
    private readonly Option<string?> _dump = Flags.Text("--dump", "FOLDER", "Write the texts as numbered files instead of printing them.");
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
        Command command = new("compile", "Shows a model's program after each pass, its kernels, its memory, and its predicted bytes and operations.") { compile._dataset };
        compile._shape.AddTo(command, withSeed: false);
        compile._settings.AddTo(command);
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
        HeteroGraph graph = options.Model.Inverse ? data.Graph.WithInverseEdges() : data.Graph;
        IrProgram program = mode == "train"
            ? NodeClassification.Step(graph, task, options.Model, options.CreateOptimizer())
            : NodeClassification.Inference(graph, task, options.Model);

        Topology topology = NodeClassification.Topology(graph, task);
        // Training evaluates validation and test nodes with a program of its own.
        (Split Part, Topology Topology)[] parts = mode == "train" ? [.. NodeClassification.EvaluatedParts(task).Select(p => (p, NodeClassification.Evaluated(topology, graph, task, p)))] : [];
        RelationStatistics statistics = NodeClassification.Statistics(graph, task, options.Model, parts.Length > 0 ? parts[0].Topology : topology);
        DumpFiles files = new(folder, _context.Text);
        List<CompileReport.PassReport> passes = [];
        List<CompileReport.RemarkReport> remarks = [];
        PipelineOptions Options(DeviceProfile profile, Action<string, IrProgram>? dump, params string[] without) => profile.Options(statistics, disabled.Concat(without).ToHashSet(), dump);

        using Device device = DeviceCatalogue.Open(parsed.GetValue(_device) ?? CpuDevice);
        DeviceProfile profile = device.Profile;
        PipelineOptions shown = Options(profile, (name, p) =>
        {
            passes.Add(new CompileReport.PassReport(name, p.Nodes.Count));
            files.WriteNext(name, p.ToString());
        });
        KernelProgram kernels = Pipeline.Run(program, shown with { Remark = r => remarks.Add(new CompileReport.RemarkReport(r.Pass, r.Text)) });
        PlannedProgram planned = new(kernels, CompiledProgram.Emit(kernels, device), new IndexTables(topology));
        IReadOnlyList<PlannedProgram> evaluations = parts.Length == 0 ? [] : Evaluations(Pipeline.Run(NodeClassification.Evaluation(graph, task, options.Model), profile.Options(statistics, disabled)), device, parts.Select(p => p.Topology), planned.Tables);
        IReadOnlyList<PlannedProgram> programs = [planned, .. evaluations];
        MemoryEstimate memory = MemoryEstimate.Of(programs);
        // Tables of both parts have the same names.
        string PartOf(IndexTables tables) => string.Concat(parts.Where((_, i) => evaluations[i].Tables == tables).Select(p => $" ({p.Part.ToString().ToLowerInvariant()})"));
        CompileReport report = Describe(data.Name, options.Model.Model, mode, profile, disabled, passes, kernels, topology, memory) with
        {
            Remarks = remarks,
            ScoresArenaBytes = evaluations.Select(e => e.ArenaBytes).DefaultIfEmpty(0).Max(),
            Leaves = [.. programs.SelectMany(p => p.Kernels.Leaves.Keys).DistinctBy(l => l.Name).Select(l => Describe(l, topology))],
            Tables = [.. MemoryEstimate.Tables(programs).Select(t => new CompileReport.TableReport(t.Table.Describe() + PartOf(t.Owner), t.Bytes))],
            Relations = Relations(kernels.Sides!, graph.Schema),
        };
        // Each pass's saving is that of another compilation, whose costs are counted edge by edge.
        string[] compared = graph.EdgeCount <= MostEdgesCompared ? [.. Pipeline.Optional.Where(pass => !disabled.Contains(pass))] : [];
        report = report with { Savings = [.. compared.TakeWhile(_ => !_context.Cancellation.IsCancellationRequested).Select(pass => Saving(pass, Pipeline.Run(program, Options(profile, null, pass)), topology, report))] };
        _context.Cancellation.ThrowIfCancellationRequested();
        files.WriteNext("kernels", KernelPrinter.Print(kernels));
        files.WriteNext("arena", CompileText.Arena(report));
        files.WriteNext("tensors", CompileText.Tensors(report));
        files.WriteNext("cost", CompileText.Cost(report));
        if (report.Relations.Count > 0)
            files.WriteNext("sides", CompileText.Sides(report));
        foreach (EmitTarget target in targets)
        {
            _context.Cancellation.ThrowIfCancellationRequested();
            foreach ((string file, string text) in target.Emit(Pipeline.Run(program, Options(target.Profile(), null))))
                files.Write(file, text);
        }
        _context.Line($"{report.Model} {mode} on {data.Name}: {kernels.Kernels.Count} kernels in {kernels.LaunchCount} launches, arena {report.ArenaBytes / 1e6:F2} MB, {report.Bytes / 1e6:F2} MB moved, {report.Flops / 1e6:F2} MFLOP");
        foreach (string pass in remarks.Select(r => r.Pass).Distinct())
            _context.Line($"{Sentence(pass, report)}");
        if (graph.EdgeCount > MostEdgesCompared)
            _context.Line($"what each pass saves is counted for graphs of up to {MostEdgesCompared} edges");
        _context.Line($"memory {memory.Total / 1e6:F2} MB: {memory.Persistent / 1e6:F2} MB of inputs, parameters and states, {memory.Arena / 1e6:F2} MB of temporaries, {memory.Indices / 1e6:F2} MB of index tables");
        foreach (CompileReport.SlotReport slot in report.Arena.OrderByDescending(s => s.Bytes).Take(LargestBuffers))
            _context.Line($"  {slot.Bytes / 1e6,10:F2} MB  {slot.Name} : {slot.Space}[{slot.Row}]");
        if (folder is not null)
            _context.Line($"{files.Files.Count} files in {folder}");
        _context.WriteJson(report with { Files = files.Files }, CliJson.Default.CompileReport);
        return Cli.Success;
    }

    private static IReadOnlyList<PlannedProgram> Evaluations(KernelProgram kernels, Device device, IEnumerable<Topology> parts, IndexTables common)
    {
        IReadOnlyList<EmittedKernel> emitted = CompiledProgram.Emit(kernels, device);
        return [.. parts.Select(p => new PlannedProgram(kernels, emitted, new IndexTables(p, common)))];
    }

    /// <summary>What a pass is for, what it did, and what the program would cost without it.</summary>
    private static string Sentence(string pass, CompileReport report)
    {
        string purpose = Pipeline.Switches.FirstOrDefault(s => s.Name == pass) is { } described ? $" {described.Purpose}" : "";
        string did = string.Join("; then ", report.Remarks.Where(r => r.Pass == pass).Select(r => r.Text));
        string saved = report.Savings.FirstOrDefault(s => s.Pass == pass) is { } saving ? $"; {Balance(saving)}" : "";
        return $"{pass}{purpose}: {did}{saved}";
    }

    private static string Balance(CompileReport.SavingReport saving)
    {
        (double Amount, string Unit)[] amounts = [(saving.Bytes / 1e6, "MB moved"), (saving.Flops / 1e6, "MFLOP"), (saving.ArenaBytes / 1e6, "MB of temporaries")];
        string List(int sign) => string.Join(", ", amounts.Where(a => a.Amount * sign >= 0.005).Select(a => string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(a.Amount):F2} {a.Unit}")));
        string text = string.Join(", ", ((string[])[List(1) is { Length: > 0 } gain ? $"saves {gain}" : "", List(-1) is { Length: > 0 } loss ? $"costs {loss}" : ""]).Where(t => t.Length > 0));
        return text.Length == 0 ? "saves nothing" : text;
    }

    /// <summary>What a pass saves: the difference to the same program compiled without it.</summary>
    private static CompileReport.SavingReport Saving(string pass, KernelProgram without, Topology topology, CompileReport report)
    {
        IReadOnlyList<KernelCost> costs = KernelCost.Of(without, topology);
        long arena = ArenaPlan.Run(without, b => TensorStore.BytesOf(MemoryEstimate.Length(b, topology))).Bytes;
        return new CompileReport.SavingReport(pass, costs.Sum(c => c.Bytes) - report.Bytes, costs.Sum(c => c.Flops) - report.Flops, arena - report.ArenaBytes);
    }

    private static CompileReport.LeafReport Describe(Leaf leaf, Topology topology) =>
        new(leaf.Name, leaf.Role.ToString().ToLowerInvariant(), leaf.Type.Space.Name, leaf.Type.Row.ToString(), TensorStore.BytesOf((long)topology.Count(leaf.Type.Space) * leaf.Type.Row.Size));

    private static CompileReport.RelationReport[] Relations(SideChoice sides, GraphSchema schema) => [.. sides.Work.Select((work, r) => new CompileReport.RelationReport(
        schema.EdgeTypes[r].Name, (sides.Sides?.OnTargets[r] ?? sides.AllowTargets) ? "targets" : "sources", sides.Counts[r].Edges, sides.Counts[r].TargetGroups, sides.Counts[r].SourceGroups, work.OnTargets, work.OnSources))];

    private static CompileReport Describe(
        string graph, string model, string mode, DeviceProfile profile, IReadOnlySet<string> disabled, List<CompileReport.PassReport> passes, KernelProgram kernels, Topology topology, MemoryEstimate memory)
    {
        IReadOnlyList<KernelCost> costs = KernelCost.Of(kernels, topology);
        ArenaPlan arena = ArenaPlan.Run(kernels, b => TensorStore.BytesOf(MemoryEstimate.Length(b, topology)));
        return new CompileReport(
            graph, model, mode, profile.Key, [.. disabled], passes,
            [.. kernels.Kernels.Select((k, i) => new CompileReport.CompiledKernelReport(k.Name, k.GetType().Name.ToLowerInvariant(), costs[i].Bytes, costs[i].Flops))],
            kernels.LaunchCount, kernels.Sides!.Reason, memory.Persistent, memory.Indices, memory.Total, arena.Bytes,
            [.. arena.Slots.Select(s => new CompileReport.SlotReport(s.Buffer.Name, s.Buffer.Type.Space.Name, s.Buffer.Type.Row.ToString(), s.Offset, s.Bytes, s.First, s.Last, s.Predecessor?.Name))],
            ScoresArenaBytes: 0, [], [], [], costs.Sum(c => c.Bytes), costs.Sum(c => c.Flops), [], [], []);
    }
}
