using GraphEngine.Ir;
using GraphEngine.Passes;
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

    [Theory, MemberData(nameof(WildCases))]
    public void Devices_agree_with_the_interpreter_on_programs_that_are_like_no_model(string device, int seed) =>
        Check(WildPrograms.Make(seed, device == TestDevices.CpuName ? 16 : 10), device, seed);

    private static void Check(GraphProgram program, string device, int seed)
    {
        Random random = new(seed);
        string[] disabled = [.. Pipeline.Optional.Where(_ => random.Next(2) == 0)];
        TestContext.Current.TestOutputHelper?.WriteLine($"without {string.Join(", ", disabled)}:\n{program}");
        DifferentialRun.Check(program, [UglyGraphs.Some(seed).Topology, UglyGraphs.WithoutEdges().Topology], TestDevices.Get(device),
            (seed % 4) switch { 0 => null, 1 => UglyGraphs.AlternatingStatistics, 2 => UglyGraphs.ManyNodes, _ => UglyGraphs.OneHub }, disabled);
    }
}
