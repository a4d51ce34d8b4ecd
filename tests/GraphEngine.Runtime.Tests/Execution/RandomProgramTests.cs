using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>Random programs with their gradients and an update per parameter, under random combinations of passes, on every device.</summary>
public sealed class RandomProgramTests
{
    public static TheoryData<string, int> Cases() => Seeds(onCpu: 30, elsewhere: 4);

    public static TheoryData<string, int> WildCases() => Seeds(onCpu: 60, elsewhere: 6);

    private static TheoryData<string, int> Seeds(int onCpu, int elsewhere)
    {
        TheoryData<string, int> data = [];
        foreach (string device in TestDevices.Names.Select(n => n.Data))
        {
            // OpenCL on the CPU takes a tenth of a second to compile a kernel.
            for (int seed = 0; seed < (device == TestDevices.CpuName ? onCpu : elsewhere); seed++)
                data.Add(device, seed);
        }
        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Devices_agree_with_the_interpreter(string device, int seed)
    {
        (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 10, smooth: false);
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([.. parameters]);
        GraphProgram program = new(
            [new Output("loss", loss), .. parameters.Select((p, i) => new Output($"g{i}", gradients[p]))], [.. parameters.Select(p => new Update(p, p - (gradients[p] * 0.1)))]);
        Check(program, device, seed);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Devices_agree_with_the_interpreter_where_only_some_rows_are_read(string device, int seed)
    {
        Space end = UglyGraphs.Ends[seed % UglyGraphs.Ends.Count];
        (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 12, smooth: false, end);
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([.. parameters]);
        Check(new([new Output("loss", loss), .. parameters.Select((p, i) => new Output($"g{i}", gradients[p]))]), device, seed, end);
    }

    [Theory, MemberData(nameof(WildCases))]
    public void Devices_agree_with_the_interpreter_on_programs_that_are_like_no_model(string device, int seed) =>
        Check(WildPrograms.Make(seed, device == TestDevices.CpuName ? 16 : 10), device, seed);

    /// <summary>Counts by which the parts of a graph are small.</summary>
    private static RelationStatistics? Ending(RelationStatistics? statistics, Space? end) => statistics is null || end is null ? statistics : statistics with
    {
        Into = ((Space[])[end, Space.Around(end)]).ToDictionary(rows => rows, _ => statistics with { Edges = [.. statistics.Edges.Select(e => e / 2)], Nodes = statistics.Nodes / 2 }),
    };

    private static void Check(GraphProgram program, string device, int seed, Space? end = null)
    {
        Random random = new(seed);
        string[] disabled = [.. Pipeline.Optional.Where(pass => random.Next(2) == 0 && (end is null || pass != "demanded-rows"))];
        TestContext.Current.TestOutputHelper?.WriteLine($"without {string.Join(", ", disabled)}:\n{program}");
        DifferentialRun.Check(program, [UglyGraphs.WithSomePapers(UglyGraphs.Some(seed)), UglyGraphs.WithSomePapers(UglyGraphs.WithoutEdges())], TestDevices.Get(device),
            Ending((seed % 4) switch { 0 => null, 1 => UglyGraphs.AlternatingStatistics, 2 => UglyGraphs.ManyNodes, _ => UglyGraphs.OneHub }, end), seed, disabled);
    }
}
