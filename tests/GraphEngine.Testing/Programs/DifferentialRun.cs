using GraphEngine.Codegen;
using GraphEngine.Graphs;
using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Runtime;
using GraphEngine.Spaces;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Testing;

/// <summary>Runs a program on a device and holds every output and update against the interpreter.</summary>
public static class DifferentialRun
{
    /// <summary>The largest norm of the difference over the norm that a kernel may have.</summary>
    public const double Tolerance = 1e-5;

    private const double RoundingNorm = 1e-12;

    // What terms of order one, of which a gradient's elements are sums, leave when they cancel.
    private const double GradientRounding = 1e-6;

    // Where the truth is exactly zero, nothing but the rounding of terms that cancel may be left.
    private const double ZeroTolerance = 1e-7;

    // A single number is a sum over all rows, of terms of order one: what such terms are rounded to stays when they cancel.
    private const double FloatEpsilon = 1.2e-7;

    // Of each sign.
    private const int FewNumbers = 2;

    private static readonly KernelCache Cache = new(folder: null);

    /// <summary>Compiles a program once and checks it on several graphs, with random leaves.</summary>
    /// <param name="program">The program.</param>
    /// <param name="topologies">The graphs.</param>
    /// <param name="device">The device.</param>
    /// <param name="disabled">Passes that are left out.</param>
    public static void Check(GraphProgram program, IEnumerable<Topology> topologies, Device device, params string[] disabled) =>
        Check(program, topologies, device, statistics: null, disabled);

    /// <summary>Compiles a program once, for a graph of which something is known, and checks it on several graphs, with random leaves.</summary>
    /// <param name="program">The program.</param>
    /// <param name="topologies">The graphs.</param>
    /// <param name="device">The device.</param>
    /// <param name="statistics">What is known.</param>
    /// <param name="disabled">Passes that are left out.</param>
    public static void Check(GraphProgram program, IEnumerable<Topology> topologies, Device device, RelationStatistics? statistics, params string[] disabled) =>
        Check(program, topologies, device, statistics, seed: 0, disabled);

    /// <summary>
    /// Compiles a program once, for a graph of which something is known, and checks it on several graphs, with leaves that a seed decides.
    /// </summary>
    /// <param name="program">The program.</param>
    /// <param name="topologies">The graphs.</param>
    /// <param name="device">The device.</param>
    /// <param name="statistics">What is known.</param>
    /// <param name="seed">Decides the values of leaves; every fourth seed after 0 draws them from a few numbers, so that rows are equal and maxima
    /// are attained twice.</param>
    /// <param name="disabled">Passes that are left out.</param>
    public static void Check(GraphProgram program, IEnumerable<Topology> topologies, Device device, RelationStatistics? statistics, int seed, params string[] disabled)
    {
        CompiledProgram compiled = CompiledProgram.Compile(program, device, statistics, disabled.ToHashSet(), cache: Cache);
        foreach (Topology topology in topologies)
            Check(program, compiled, topology, seed);
    }

    private static void Check(GraphProgram program, CompiledProgram compiled, Topology topology, int seed)
    {
        Dictionary<string, float[]> leaves = program.Leaves.ToDictionary(l => l.Name, l => Values(l, topology, seed));
        IReadOnlyDictionary<string, double[]> expected =
            ReferenceInterpreter.Run(program, topology, leaves.ToDictionary(l => l.Key, l => Array.ConvertAll(l.Value, v => (double)v)));

        using TensorStore store = new(topology, compiled.Device);
        using DeviceTopology tables = new(topology, compiled.Device);
        foreach (Op.Leaf leaf in program.Leaves)
        {
            store.Add(leaf);
            store.Write(leaf.Name, leaves[leaf.Name]);
        }
        using Executor executor = new(compiled, tables, store);
        // On CUDA the first run launches kernels one by one, the second one records them, and the third one replays the recording.
        int runs = program.Updates.Count == 0 ? 3 : 1;
        for (int run = 1; run <= runs; run++)
        {
            executor.Run();
            executor.Synchronize();
            // Only in the first run is there nothing left of an earlier one, which would hide that something is read before it is written.
            if (run != 1 && run != runs)
                continue;
            foreach (Output output in program.Outputs)
                Compare(output.Name, expected[output.Name], executor.Read(output.Name), output.Value.Op is Op.Gradient);
        }
        foreach (string updated in program.Updates.Select(u => ((Op.Leaf)u.Target.Op).Name))
            Compare(updated, expected[updated], store.Read(updated), isGradient: false);
    }

    private static void Compare(string name, double[] expected, float[] actual, bool isGradient)
    {
        double difference = Math.Sqrt(expected.Zip(actual).Sum(p => Square(p.First - p.Second))), norm = Math.Sqrt(expected.Sum(Square));
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: norm {norm:g4}, relative error {difference / Math.Max(norm, double.Epsilon):e1}");
        // Where the truth is zero but for rounding in double precision there is no relative error. A NaN fails too: it is not at most anything.
        double allowed = isGradient ? (Tolerance * norm) + (GradientRounding * Math.Sqrt(expected.Length))
            : norm > RoundingNorm ? Math.Max(Tolerance * norm, expected.Length == 1 ? FloatEpsilon : 0)
            : norm > 0 ? Tolerance : ZeroTolerance;
        Assert.True(difference <= allowed, $"'{name}' differs by {difference:g3} at a norm of {norm:g3}; the first elements are {First(expected, actual)}.");
    }

    private static string First(double[] expected, float[] actual) => string.Join(
        ", ", expected.Zip(actual).Select((p, i) => (i, p.First, p.Second)).Where(p => !(Math.Abs(p.First - p.Second) <= Tolerance * (1 + Math.Abs(p.First)))).Take(6)
            .Select(p => $"[{p.i}] {p.First:g4} but {p.Second:g4}"));

    private static double Square(double x) => x * x;

    private static float[] Values(Op.Leaf leaf, Topology topology, int seed)
    {
        if (leaf.Name is ProgramBuilder.RandomSeed or ProgramBuilder.RandomStep)
            return [(leaf.Name.Length * 1000) + seed];
        Random random = new(leaf.Name.Aggregate(17 + seed, (hash, c) => (hash * 31) + c));
        bool fewNumbers = seed % 4 == 3;
        float[] values = new float[topology.Count(leaf.Type.Space) * leaf.Type.Row.Size];
        for (int i = 0; i < values.Length; i++)
            values[i] = fewNumbers ? random.Next(-FewNumbers, FewNumbers + 1) / (float)FewNumbers : (random.NextSingle() * 2) - 1;
        return values;
    }
}
