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
        GraphProgram program = new([new Output("loss", loss), .. loss.Gradients(parameters).Select((g, i) => new Output($"g{i}", g.Value))]);
        Dictionary<string, float[]> usual = Run(program, seed, _ => null, out IReadOnlyList<EmittedKernel> texts);
        HashSet<string> seen = [.. texts.Select(ScheduleTable.KeyOf)];
        int changed = 0;
        for (int n = 0; n < Schedule.Neighbours.Count; n++)
        {
            Dictionary<string, float[]> other = Run(program, seed, _ => Schedule.Neighbours[n], out IReadOnlyList<EmittedKernel> others);
            changed += others.Count(k => !seen.Contains(ScheduleTable.KeyOf(k)));
            Assert.All(usual, output => Assert.Equal(output.Value, other[output.Key]));
        }
        Assert.True(changed > 0, "No schedule changed a text, so that nothing was compared.");
    }

    [Fact]
    public void A_table_keeps_what_was_found_and_forgives_damage()
    {
        EmittedKernel kernel = SomeKernel();
        ScheduleTable table = new(_folder, TestDevices.Cpu.Profile);
        Assert.Null(table.Find(kernel));
        Schedule faster = Schedule.Neighbours[0];
        table.Set(ScheduleTable.KeyOf(kernel), faster);
        Assert.True(table.TrySave());
        Assert.Equal(faster, new ScheduleTable(_folder, TestDevices.Cpu.Profile).Find(kernel));
        Assert.Null(new ScheduleTable(_folder, DeviceProfile.Cpu(64, 256)).Find(kernel));

        string file = Assert.Single(Directory.GetFiles(_folder));
        File.AppendAllLines(file, ["nonsense", "key 1 2", "key a b c d", "key -1 4 12 8"]);
        Assert.Equal(1, new ScheduleTable(_folder, TestDevices.Cpu.Profile).Count);
        table.Set(ScheduleTable.KeyOf(kernel), null);
        Assert.Null(table.Find(kernel));
    }

    [Fact]
    public void Saving_where_nothing_can_be_written_is_told_and_not_thrown()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        ScheduleTable table = new(Path.Combine(file, "folder"), TestDevices.Cpu.Profile);
        table.Set("key", Schedule.Usual);
        Assert.False(table.TrySave());
        Assert.False(new ScheduleTable(folder: null, TestDevices.Cpu.Profile).TrySave());
    }

    private static Dictionary<string, float[]> Run(GraphProgram program, int seed, Func<EmittedKernel, Schedule?> schedules, out IReadOnlyList<EmittedKernel> texts)
    {
        CompiledProgram compiled = CompiledProgram.Compile(program, TestDevices.Cpu, UglyGraphs.AlternatingStatistics, cache: Cache, schedules: schedules);
        texts = compiled.Emitted;
        Topology topology = UglyGraphs.Some(seed).Topology;
        using TensorStore store = new(topology, TestDevices.Cpu);
        using DeviceTopology tables = new(topology, TestDevices.Cpu);
        foreach (Op.Leaf leaf in program.Leaves)
        {
            store.Add(leaf);
            store.Write(leaf.Name, Initialization.Values(leaf with { Init = Initializer.Glorot(3, 3) }, store.Length(leaf), seed));
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
