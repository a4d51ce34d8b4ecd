using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Training;
using GraphEngine.Runtime;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Benchmarks;

/// <summary>The kernels that decide the engine's speed, each as a program that goes through the ordinary compiler.</summary>
public static class KernelBenchmarks
{
    private const int Width = 64;
    private const int GemmRows = 131_072;
    private const int Types = 100;
    private const int AdamRows = 156_250;

    /// <summary>131,072 x 64 by 64 x 64.</summary>
    public static KernelBenchmark TallGemm()
    {
        ProgramBuilder b = new();
        Space rows = new("rows");
        Node y = b.Input("x", rows, RowShape.Vector(Width)).Linear(b.Parameter("w", Space.One, RowShape.Matrix(Width, Width)));
        return new KernelBenchmark("gemm-tall", new Program([new Output("y", y)]), new Topology([new(rows, GemmRows)], []), GemmFlops, IsArithmetic: true);
    }

    /// <summary>The same rows with one of 100 weights each; the number of rows of a weight follows a power law.</summary>
    public static KernelBenchmark TypedGemm()
    {
        ProgramBuilder b = new();
        Space rows = new("rows"), types = Space.Fixed("types", Types);
        IndexMap typeOf = new("rows.type", rows, types, IsSorted: true);
        Node y = b.Input("x", rows, RowShape.Vector(Width)).Linear(b.Parameter("w", types, RowShape.Matrix(Width, Width)), typeOf);
        return new KernelBenchmark(
            "gemm-typed", new Program([new Output("y", y)]), new Topology([new(rows, GemmRows)], [new(typeOf, SkewedTypes())]), GemmFlops, IsArithmetic: true);
    }

    /// <summary>The sum of the vectors of each node's neighbours; every gathered row counts once as bytes moved.</summary>
    /// <param name="graph">The graph.</param>
    public static KernelBenchmark GatherSum(HeteroGraph graph)
    {
        ProgramBuilder b = new();
        Node y = b.Input("x", Space.Nodes, RowShape.Vector(Width)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget);
        return new KernelBenchmark(
            "gather-sum", new Program([new Output("y", y)]), graph.Topology, (double)graph.EdgeCount * Width * sizeof(float), IsArithmetic: false);
    }

    /// <summary>One step of Adam over ten million parameters: four streams in, three out.</summary>
    public static KernelBenchmark AdamStep()
    {
        ProgramBuilder b = new();
        Space rows = new("rows");
        RowShape row = RowShape.Vector(Width);
        Node parameter = b.Parameter("p", rows, row), gradient = b.Input("g", rows, row);
        IReadOnlyList<Update> updates = new Adam().Updates(new Dictionary<Node, Node> { [parameter] = gradient });
        return new KernelBenchmark(
            "adam", new Program([], updates), new Topology([new(rows, AdamRows)], []), 7.0 * AdamRows * Width * sizeof(float), IsArithmetic: false);
    }

    /// <summary>Runs a benchmark.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="device">The device.</param>
    /// <param name="cancel">Stops.</param>
    public static Timing Run(KernelBenchmark benchmark, Device device, CancellationToken cancel = default)
    {
        using BoundProgram bound = new(benchmark.Program, benchmark.Topology, device);
        return Timing.Of(bound.Executor, cancel: cancel);
    }

    /// <summary>The rate of <see cref="TallGemm"/> in 1e9 operations per second.</summary>
    /// <param name="device">The device.</param>
    public static double TallGemmGflops(Device device) => GemmFlops / Run(TallGemm(), device).Min * 1e-6;

    private static double GemmFlops => 2.0 * GemmRows * Width * Width;

    /// <summary>Sizes in proportion to 1 / (k + 1): from 25,000 rows down to some 250.</summary>
    private static int[] SkewedTypes()
    {
        double total = Enumerable.Range(1, Types).Sum(k => 1.0 / k), sum = 0;
        int[] types = new int[GemmRows];
        int first = 0;
        for (int k = 0; k < Types; k++)
        {
            sum += 1.0 / (k + 1);
            int end = k == Types - 1 ? GemmRows : (int)(GemmRows * sum / total);
            types.AsSpan(first, end - first).Fill(k);
            first = end;
        }
        return types;
    }
}
