using GraphEngine.Codegen;
using GraphEngine.Graphs;
using GraphEngine.Kernels;
using GraphEngine.Learning.Training;
using GraphEngine.Passes;
using GraphEngine.Runtime;
using GraphEngine.Spaces;
using Leaf = GraphEngine.Ir.Op.Leaf;

namespace GraphEngine.Cli.Reports;

/// <summary>The result of <c>compile</c>.</summary>
/// <param name="Graph">The name of the data set or shape.</param>
/// <param name="Model">The model.</param>
/// <param name="Mode">infer or train.</param>
/// <param name="Target">The device profile that the kernels were made for.</param>
/// <param name="Disabled">The passes left out.</param>
/// <param name="Passes">The number of nodes after each pass.</param>
/// <param name="Kernels">The kernels.</param>
/// <param name="Launches">How many launches the kernels make up on a CPU.</param>
/// <param name="Sides">Where the products of relations are made, and why.</param>
/// <param name="PersistentBytes">The size of inputs, parameters and states.</param>
/// <param name="IndexBytes">The size of index tables.</param>
/// <param name="PeakBytes">All device memory: persistent tensors, temporaries and index tables.</param>
/// <param name="ArenaBytes">The size of the slab of temporaries.</param>
/// <param name="Arena">The temporaries.</param>
/// <param name="ScoresArenaBytes">The size of the temporaries of the scores of validation or test nodes, whichever need more, in the same slab; 0
/// where training makes none.</param>
/// <param name="Leaves">Inputs, parameters and states.</param>
/// <param name="Tables">The index tables.</param>
/// <param name="Relations">Where the products of each relation are made; empty where that was not chosen by relation.</param>
/// <param name="Bytes">Compulsory bytes of all kernels.</param>
/// <param name="Flops">Operations of all kernels.</param>
/// <param name="Remarks">What passes did.</param>
/// <param name="Savings">What each pass saves.</param>
/// <param name="Files">The files written.</param>
internal sealed record CompileReport(
    string Graph, string Model, string Mode, string Target, IReadOnlyList<string> Disabled, IReadOnlyList<CompileReport.PassReport> Passes,
    IReadOnlyList<CompileReport.CompiledKernelReport> Kernels, int Launches, string Sides, long PersistentBytes, long IndexBytes, long PeakBytes, long ArenaBytes, IReadOnlyList<CompileReport.SlotReport> Arena, long ScoresArenaBytes,
    IReadOnlyList<CompileReport.LeafReport> Leaves, IReadOnlyList<CompileReport.TableReport> Tables, IReadOnlyList<CompileReport.RelationReport> Relations, long Bytes, long Flops, IReadOnlyList<CompileReport.RemarkReport> Remarks,
    IReadOnlyList<CompileReport.SavingReport> Savings, IReadOnlyList<string> Files)
{
    /// <summary>Describes a compiled program; what passes did and save is added by the one who saw them.</summary>
    /// <param name="graph">The name of the data set or shape.</param>
    /// <param name="model">The model.</param>
    /// <param name="mode">infer or train.</param>
    /// <param name="target">What the kernels were made for.</param>
    /// <param name="disabled">The passes left out.</param>
    /// <param name="plan">What was compiled.</param>
    /// <param name="program">The compiled program.</param>
    /// <param name="evaluations">The compiled scores of each part that training evaluates.</param>
    public static CompileReport Of(
        string graph, string model, string mode, DeviceProfile target, IReadOnlySet<string> disabled, ClassificationPlan plan, PlannedProgram program, IReadOnlyList<PlannedProgram> evaluations)
    {
        IReadOnlyList<PlannedProgram> programs = [program, .. evaluations];
        MemoryEstimate memory = MemoryEstimate.Of(programs);
        IReadOnlyList<KernelCost> costs = KernelCost.Of(program.Kernels, plan.Topology);
        ArenaPlan arena = program.Arena;
        // Tables of both parts have the same names.
        string PartOf(IndexTables tables) => string.Concat(plan.Parts.Where((_, i) => evaluations[i].Tables == tables).Select(p => $" ({p.Part.ToString().ToLowerInvariant()})"));
        return new CompileReport(
            graph, model, mode, target.Key, [.. disabled], [],
            [.. program.Kernels.Kernels.Select((k, i) => new CompiledKernelReport(k.Name, k.GetType().Name.ToLowerInvariant(), costs[i].Bytes, costs[i].Flops))],
            program.Kernels.LaunchCount, program.Kernels.Sides!.Reason, memory.Persistent, memory.Indices, memory.Total, arena.Bytes,
            [.. arena.Slots.Select(s => new SlotReport(s.Buffer.Name, s.Buffer.Type.Space.Name, s.Buffer.Type.Row.ToString(), s.Offset, s.Bytes, s.First, s.Last, s.Predecessor?.Name))],
            evaluations.Select(e => e.Arena.Bytes).DefaultIfEmpty(0).Max(),
            [.. programs.SelectMany(p => p.Kernels.Leaves.Keys).DistinctBy(l => l.Name).Select(l => LeafReport.Of(l, plan.Topology))],
            [.. MemoryEstimate.Tables(programs).Select(t => new TableReport(t.Table.Describe() + PartOf(t.Owner), t.Bytes))],
            RelationReport.Of(program.Kernels.Sides, plan.Graph.Schema), costs.Sum(c => c.Bytes), costs.Sum(c => c.Flops), [], [], []);
    }

    /// <summary>What a pass did.</summary>
    /// <param name="Pass">The pass.</param>
    /// <param name="Text">What it did, counted.</param>
    internal sealed record RemarkReport(string Pass, string Text);

    /// <summary>The difference that a pass makes; negative where it costs something.</summary>
    /// <param name="Pass">The pass.</param>
    /// <param name="Bytes">Compulsory bytes saved.</param>
    /// <param name="Flops">Operations saved.</param>
    /// <param name="ArenaBytes">Temporaries saved.</param>
    /// <param name="IndexBytes">Index tables saved.</param>
    internal sealed record SavingReport(string Pass, long Bytes, long Flops, long ArenaBytes, long IndexBytes)
    {
        /// <summary>What a pass saves.</summary>
        /// <param name="pass">The pass.</param>
        /// <param name="without">What the program costs without it.</param>
        /// <param name="with">What it costs with it.</param>
        public static SavingReport Of(string pass, ProgramCost without, ProgramCost with) =>
            new(pass, without.Bytes - with.Bytes, without.Flops - with.Flops, without.ArenaBytes - with.ArenaBytes, without.IndexBytes - with.IndexBytes);
    }

    /// <summary>The program after a pass.</summary>
    /// <param name="Name">The pass.</param>
    /// <param name="Nodes">The number of nodes.</param>
    internal sealed record PassReport(string Name, int Nodes);

    /// <summary>A kernel.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Kind">Its template.</param>
    /// <param name="Bytes">Compulsory bytes.</param>
    /// <param name="Flops">Operations.</param>
    internal sealed record CompiledKernelReport(string Name, string Kind, long Bytes, long Flops);

    /// <summary>An input, a parameter or a state.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Role">input, parameter or state.</param>
    /// <param name="Space">The space of its rows.</param>
    /// <param name="Row">The shape of a row.</param>
    /// <param name="Bytes">Its size.</param>
    internal sealed record LeafReport(string Name, string Role, string Space, string Row, long Bytes)
    {
        /// <summary>Describes a leaf on a graph.</summary>
        /// <param name="leaf">The leaf.</param>
        /// <param name="topology">The graph.</param>
        public static LeafReport Of(Leaf leaf, Topology topology) =>
            new(leaf.Name, leaf.Role.ToString().ToLowerInvariant(), leaf.Type.Space.Name, leaf.Type.Row.ToString(), TensorStore.BytesOf((long)topology.Count(leaf.Type.Space) * leaf.Type.Row.Size));
    }

    /// <summary>An index table.</summary>
    /// <param name="Name">What it holds.</param>
    /// <param name="Bytes">Its size.</param>
    internal sealed record TableReport(string Name, long Bytes);

    /// <summary>Where the products of a relation are made.</summary>
    /// <param name="Name">The relation.</param>
    /// <param name="Side">targets or sources.</param>
    /// <param name="Edges">Its edges; where layers have edges of their own, those of all layers together, as groups and work are.</param>
    /// <param name="TargetGroups">Its distinct targets.</param>
    /// <param name="SourceGroups">Its distinct sources.</param>
    /// <param name="OnTargets">Estimated work on target groups, in operations.</param>
    /// <param name="OnSources">Estimated work on source groups.</param>
    internal sealed record RelationReport(string Name, string Side, long Edges, long TargetGroups, long SourceGroups, double OnTargets, double OnSources)
    {
        /// <summary>Describes the choice of sides.</summary>
        /// <param name="sides">The choice.</param>
        /// <param name="schema">The relations.</param>
        public static IReadOnlyList<RelationReport> Of(SideChoice sides, GraphSchema schema) => [.. sides.Work.Select((work, r) => new RelationReport(
            schema.EdgeTypes[r].Name, (sides.Sides?.OnTargets[r] ?? sides.AllowTargets) ? "targets" : "sources", sides.Counts[r].Edges, sides.Counts[r].TargetGroups, sides.Counts[r].SourceGroups, work.OnTargets, work.OnSources))];
    }

    /// <summary>A temporary.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Space">The space of its rows.</param>
    /// <param name="Row">The shape of a row.</param>
    /// <param name="Offset">Its first byte.</param>
    /// <param name="Bytes">Its size.</param>
    /// <param name="First">The launch that writes it first.</param>
    /// <param name="Last">The launch that uses it last.</param>
    /// <param name="Predecessor">The temporary whose place it takes row by row in a launch that uses both; null for none.</param>
    internal sealed record SlotReport(string Name, string Space, string Row, long Offset, long Bytes, int First, int Last, string? Predecessor);
}
