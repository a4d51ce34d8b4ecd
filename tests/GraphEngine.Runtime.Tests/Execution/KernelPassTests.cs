using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>Passes that change kernels rather than programs: random programs that meet them, with their gradients, against the interpreter.</summary>
public sealed class KernelPassTests
{
    private const int Programs = 4;
    private const int MostSeeds = 200;

    private static readonly Dictionary<string, Func<KernelProgram, bool>> Traces = new()
    {
        ["kept-exponentials"] = p => p.Kernels.OfType<Kernel.Segments>().SelectMany(k => k.Statements).Any(s => s.Value is Expression.Unary { Kind: UnaryKind.Exp }),
        ["online-softmax"] = p => p.Kernels.Any(k => new OnlineSums(k.Expressions).Maxima.Any()),
        ["mixed-rows"] = p => Loops(p).Any(k => k.Stores.Select(s => s.Value.Row.Size).Distinct().Count() > 1),
        ["gather-order"] = p => Loops(p).Any(k => k.Stores.Any(s => s.At is IndexTable.Items)) || p.Kernels.OfType<Kernel.Outer>().Any(o => o.Order is not null),
        ["shared-gathers"] = p => Loops(p).Any(k => k.ItemStores.Count > 0),
        ["loop-fusion"] = p => p.Loops.Count > 0 && p.Temporaries.Any(b => b.Window is not null),
        ["recomputation"] = p => p.Kernels.Any(k => k is Kernel.Gemm { IsRepeated: true }),
    };

    // Passes that have something to do only where another one has not done it.
    private static readonly Dictionary<string, string[]> Left = new() { ["online-softmax"] = ["kept-exponentials"] };

    public static TheoryData<string> Names() => [.. Traces.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_pass_keeps_the_meaning_of_random_programs_that_it_changes(string pass)
    {
        int met = 0;
        for (int seed = 0; seed < MostSeeds && met < Programs; seed++)
        {
            (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 10, smooth: false);
            IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([.. parameters]);
            GraphProgram program = new([new Output("loss", loss), .. parameters.Select((p, i) => new Output($"g{i}", gradients[p]))]);
            RelationStatistics statistics = UglyGraphs.ManyNodes;
            string[] left = Left.GetValueOrDefault(pass, []);
            PipelineOptions options = TestDevices.Cpu.Profile.Options(statistics) with { Disabled = left.ToHashSet() };
            if (!Traces[pass](Pipeline.Run(program, options)))
                continue;
            met++;
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
            string[] others = [.. Traces.Keys.Where(p => p != pass)];
            foreach (string[] disabled in (string[][])[left, [.. left, pass], [.. left.Union(others)]])
                DifferentialRun.Check(program, [UglyGraphs.Some(seed).Topology, UglyGraphs.WithoutEdges().Topology], TestDevices.Cpu, statistics, disabled);
        }
        Assert.True(met == Programs, $"Only {met} of {MostSeeds} random programs meet {pass}: the test would not notice a defect.");
    }

    private static IEnumerable<Kernel.Traversal> Loops(KernelProgram program) => program.Kernels.OfType<Kernel.Traversal>();
}
