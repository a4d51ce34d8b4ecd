using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class PassEquivalenceTests
{
    /// <summary>Each pass, after those that make what it works on.</summary>
    private static readonly Dictionary<string, (Func<Program, Program> Before, Func<Program, Program> Pass)> Passes = new()
    {
        ["expand-softmax"] = (AsItIs, ExpandSoftmax.Run),
        ["late-division"] = (ExpandSoftmax.Run, LateDivision.Run),
        ["simplify"] = (AsItIs, Simplify.Run),
        ["scaled-weights"] = (AsItIs, p => ScaledWeights.Run(p, UglyGraphs.ManyEdges)),
        ["reordering"] = (AsItIs, p => LinearReordering.Run(p, UglyGraphs.ManyNodes)),
        ["aggregate-first"] = (AsItIs, p => ProductSides.Run(p, new SideChoice(AllowTargets: true, AllowSources: false, null, ""))),
        ["compact"] = (AsItIs, p => ProductSides.Run(p, new SideChoice(AllowTargets: false, AllowSources: true, null, ""))),
        ["mixed-sides"] = (AsItIs, p => ProductSides.Run(p, new SideChoice(AllowTargets: true, AllowSources: true, Alternating, ""))),
        ["compaction"] = (p => LinearReordering.Run(p, UglyGraphs.AlternatingStatistics), Compaction.Run),
        ["summed-heads"] = (p => ProductSides.Run(LateDivision.Run(ExpandSoftmax.Run(p)), new SideChoice(AllowTargets: true, AllowSources: true, Alternating, "")), SummedHeads.Run),
        ["compaction-of-gradients"] = (p => Simplify.Run(ExpandRegions.Run(Differentiate.Run(LinearReordering.Run(p, UglyGraphs.ManyNodes)))), Compaction.Run),
        ["matrix-products"] = (p => Differentiate.Run(LinearReordering.Run(p, UglyGraphs.ManyNodes)), MatrixProducts.Run),
        ["differentiate"] = (AsItIs, Differentiate.Run),
        ["heavy-rows"] = (Differentiate.Run, p => SplitHeavyRows.Run(p, size: 3)),
        ["expand-regions"] = (Differentiate.Run, ExpandRegions.Run),
    };

    private static RelationSides Alternating => UglyGraphs.AlternatingSides;

    public static TheoryData<string> Names() => [.. Passes.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_pass_keeps_the_meaning_of_random_programs_and_of_their_gradients(string name)
    {
        int changed = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 12, smooth: false);
            IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([.. parameters]);
            Program before = new([new Output("loss", loss), .. parameters.Select(p => new Output(((Op.Leaf)p.Op).Name, gradients[p]))]);
            Program prepared = Passes[name].Before(before), after = Passes[name].Pass(prepared);
            ProgramVerifier.Verify(after, name);
            // What passes before it change does not count.
            changed += ReferenceEquals(prepared, after) ? 0 : 1;
            Topology topology = Graph(seed);
            AssertEqual(InterpreterRun.Once(before, topology, seed), InterpreterRun.Once(after, topology, seed), before, after);
        }
        Assert.True(changed > 5, $"The pass changed only {changed} of 60 programs; the test would not notice a defect.");
    }

    [Theory, MemberData(nameof(Names))]
    public void A_pass_keeps_the_meaning_of_programs_that_are_like_no_model(string name)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            Program before = WildPrograms.Make(seed, 14), after = Passes[name].Pass(Passes[name].Before(before));
            ProgramVerifier.Verify(after, name);
            Topology topology = Graph(seed);
            AssertEqual(InterpreterRun.Once(before, topology, seed), InterpreterRun.Once(after, topology, seed), before, after);
        }
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(0, 60)];

    [Theory, MemberData(nameof(Seeds))]
    public void All_passes_together_keep_the_meaning(int seed)
    {
        (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 12, smooth: false);
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([.. parameters]);
        Program model = new([new Output("loss", loss), .. parameters.Select(p => new Output(((Op.Leaf)p.Op).Name, gradients[p]))]);
        foreach (Program before in (Program[])[model, WildPrograms.Make(seed, 14)])
        {
            Program after = before;
            // The last program before kernels are made.
            Pipeline.Run(before, new PipelineOptions(2, (seed % 4) switch { 0 => null, 1 => UglyGraphs.AlternatingStatistics, 2 => UglyGraphs.ManyNodes, _ => UglyGraphs.OneHub }, Dump: (_, p) => after = p));
            Topology topology = Graph(seed);
            AssertEqual(InterpreterRun.Once(before, topology, seed), InterpreterRun.Once(after, topology, seed), before, after);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_second_run_changes_nothing(string name)
    {
        Program Run(Program program) => Passes[name].Pass(Passes[name].Before(program));
        for (int seed = 0; seed < 20; seed++)
        {
            (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 12, smooth: false);
            IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([.. parameters]);
            Program once = Run(new Program([new Output("loss", loss), .. gradients.Select((g, i) => new Output($"g{i}", g.Value))]));
            Assert.Same(once, Run(once));
        }
    }

    private static Topology Graph(int seed) => (seed % 7 == 6 ? UglyGraphs.WithoutEdges() : UglyGraphs.Some(seed)).Topology;

    private static Program AsItIs(Program program) => program;

    private static void AssertEqual(IReadOnlyDictionary<string, double[]> expected, IReadOnlyDictionary<string, double[]> actual, Program before, Program after)
    {
        foreach ((string name, double[] e) in expected)
        {
            double norm = Math.Sqrt(e.Sum(v => v * v)), difference = Math.Sqrt(e.Zip(actual[name]).Sum(p => (p.First - p.Second) * (p.First - p.Second)));
            Assert.True(difference <= (1e-9 * norm) + 1e-12, $"'{name}' changed by {difference:g3} at a norm of {norm:g3}.\nbefore\n{before}\nafter\n{after}");
        }
    }
}
