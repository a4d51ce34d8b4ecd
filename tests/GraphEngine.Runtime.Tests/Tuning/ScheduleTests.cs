using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Tuning;

public sealed class ScheduleTests : IDisposable
{
    private static readonly KernelCache Cache = new(folder: null);

    private readonly string _folder = Directory.CreateTempSubdirectory("schedules").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1), InlineData(5), InlineData(12), InlineData(23)]
    public void Schedules_change_no_bit_of_a_result(int seed)
    {
        (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 10, smooth: false);
        AssertAlike(TestDevices.Cpu, loss, parameters, Schedule.OfCpus, seed);
    }

    [Fact]
    public void Schedules_change_no_bit_of_narrow_heads()
    {
        // How many rows a tile has decides in which parts sums by type are added up.
        Schedule[] schedules = [.. Schedule.OfCpus.Where(s => s.TileFloats == Schedule.Usual.TileFloats), Schedule.Usual with { PanelVectors = 1 }, Schedule.Usual with { PanelVectors = 3 }];
        foreach ((int heads, int width) in ((int, int)[])[(4, 16), (2, 32)])
        {
            (Node loss, Node[] parameters) = Heads(heads, width);
            AssertAlike(TestDevices.Cpu, loss, parameters, schedules, seed: 5);
        }
    }

    [Theory, MemberData(nameof(TestDevices.SimtNames), MemberType = typeof(TestDevices))]
    public void Schedules_of_groups_change_no_bit_of_a_result(string device)
    {
        (Node loss, Node[] parameters) = Heads(heads: 2, width: 34);
        AssertAlike(TestDevices.Get(device), loss, parameters, Schedule.OfGpus, seed: 3);
    }

    /// <summary>Messages of several heads, weighted by attention; the gradient of their source adds the heads up.</summary>
    private static (Node Loss, Node[] Parameters) Heads(int heads, int width)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(68)), w = b.Parameter("w", Space.EdgeTypes, new RowShape(heads, 68, width)), a = b.Parameter("a", Space.EdgeTypes, new RowShape(heads, 1, width));
        Node messages = x.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType), weights = messages.Dot(a.Along(IndexMap.EdgeType)).Softmax(IndexMap.EdgeTarget);
        Node loss = (messages * weights).Sum(IndexMap.EdgeTarget).Tanh().SumColumns().SumHeads().Sum(IndexMap.ToOne(Space.Nodes));
        return (loss, [x, w, a]);
    }

    [Fact]
    public void A_table_keeps_what_was_found_and_forgives_damage()
    {
        EmittedKernel kernel = SomeKernel();
        ScheduleTable table = new(_folder, TestDevices.Cpu);
        Assert.Null(table.Find(kernel));
        Schedule faster = Schedule.OfCpus[0] with { GroupRows = 128 };
        table.Set(ScheduleTable.KeyOf(kernel), faster);
        Assert.True(table.TrySave());
        Assert.Equal(faster, new ScheduleTable(_folder, TestDevices.Cpu).Find(kernel));

        string file = Assert.Single(Directory.GetFiles(_folder));
        // Two devices that differ in name or lanes have tables of their own.
        Assert.Contains(string.Concat(TestDevices.Cpu.Name.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit)), Path.GetFileName(file), StringComparison.Ordinal);
        Assert.Contains($"-l{TestDevices.Cpu.Profile.Lanes}-", Path.GetFileName(file), StringComparison.Ordinal);
        File.AppendAllLines(file, ["nonsense", "key 1 2", "key a b c d e f g", "key -1 4 12 8 64 8 4", "key 2000000000 4 12 8 64 8 4", "key 8192 4 12 1000000000 64 8 4"]);
        Assert.Equal(1, new ScheduleTable(_folder, TestDevices.Cpu).Count);
        table.Set(ScheduleTable.KeyOf(kernel), null);
        Assert.Null(table.Find(kernel));
    }

    [Fact]
    public void Two_searches_at_the_same_time_keep_what_both_have_found()
    {
        Schedule one = Schedule.OfCpus[0], other = Schedule.OfCpus[1];
        ScheduleTable before = new(_folder, TestDevices.Cpu);
        before.Set("known", one);
        before.Set("worse", one);
        Assert.True(before.TrySave());
        ScheduleTable first = new(_folder, TestDevices.Cpu), second = new(_folder, TestDevices.Cpu);
        second.Set("second", other);
        second.Set("worse", null);
        first.Set("first", one);
        Assert.True(second.TrySave() && first.TrySave());

        string[] lines = File.ReadAllLines(Assert.Single(Directory.GetFiles(_folder)));
        Assert.Equal(["first", "known", "second"], lines.Select(l => l.Split(' ')[0]));
        Assert.Equal(3, first.Count);
    }

    [Fact]
    public void Saving_where_nothing_can_be_written_is_told_and_not_thrown()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        ScheduleTable table = new(Path.Combine(file, "folder"), TestDevices.Cpu);
        table.Set("key", Schedule.Usual);
        Assert.False(table.TrySave());
        Assert.False(new ScheduleTable(folder: null, TestDevices.Cpu).TrySave());
    }

    private static void AssertAlike(Device device, Node loss, IReadOnlyList<Node> parameters, IReadOnlyList<Schedule> schedules, int seed)
    {
        GraphProgram program = new([new Output("loss", loss), .. loss.Gradients(parameters).Select((g, i) => new Output($"g{i}", g.Value))]);
        Dictionary<string, float[]> usual = Run(device, program, seed, _ => null, out IReadOnlyList<EmittedKernel> texts);
        HashSet<string> seen = [.. texts.Select(ScheduleTable.KeyOf)];
        int changed = 0;
        foreach (Schedule schedule in schedules)
        {
            Dictionary<string, float[]> other = Run(device, program, seed, _ => schedule, out IReadOnlyList<EmittedKernel> others);
            changed += others.Count(k => !seen.Contains(ScheduleTable.KeyOf(k)));
            Assert.All(usual, output => Assert.Equal(output.Value, other[output.Key]));
        }
        Assert.True(changed > 0, "No schedule changed a text, so that nothing was compared.");
    }

    private static Dictionary<string, float[]> Run(Device device, GraphProgram program, int seed, Func<EmittedKernel, Schedule?> schedules, out IReadOnlyList<EmittedKernel> texts)
    {
        CompiledProgram compiled = CompiledProgram.Compile(program, device, UglyGraphs.AlternatingStatistics, cache: Cache, schedules: schedules);
        texts = compiled.Emitted;
        Topology topology = UglyGraphs.Some(seed).Topology;
        using TensorStore store = new(topology, device);
        using DeviceTopology tables = new(topology, device);
        foreach (Op.Leaf leaf in program.Leaves)
        {
            store.Add(leaf);
            store.Initialize(leaf with { Init = Initializer.Glorot(3, 3) }, seed);
        }
        using Executor executor = new(compiled, tables, store);
        executor.Run();
        return program.Outputs.ToDictionary(o => o.Name, o => executor.Read(o.Name));
    }

    private static EmittedKernel SomeKernel()
    {
        ProgramBuilder b = new();
        Node sum = b.Input("x", Space.Nodes, RowShape.Vector(32)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget);
        return KernelEmitter.Emit(Pipeline.Run(new GraphProgram([new Output("y", sum)]), new PipelineOptions(Workers: 2)).Kernels[0], TestDevices.Cpu.Profile);
    }
}
