using BenchmarkDotNet.Attributes;
using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Learning.Benchmarks;
using GraphEngine.Learning.Models;
using GraphEngine.Passes;
using GraphEngine.Runtime;

namespace GraphEngine.Bench;

/// <summary>One layer, 64 to 64, on graphs with the counts of published ones: inference and a whole training step.</summary>
[MemoryDiagnoser]
public class LayerBenchmarks
{
    private const string AllPasses = "all";

    private Device? _device;
    private BoundProgram? _bound;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "rgcn";

    public static IEnumerable<string> Models => LayerBenchmark.Models;

    /// <summary>All passes, or those of a baseline alone.</summary>
    [ParamsSource(nameof(Configurations))]
    public string Configuration { get; set; } = AllPasses;

    public static IEnumerable<string> Configurations => [AllPasses, .. Baseline.All.Select(b => b.Name)];

    [Params("aifb", "mutag", "bgs", "fb15k")]
    public string Shape { get; set; } = "aifb";

    [Params("infer", "train")]
    public string Mode { get; set; } = "infer";

    [GlobalSetup]
    public void Setup()
    {
        HashSet<string> disabled = [.. Baseline.Find(Configuration)?.Disabled ?? []];
        HeteroGraph graph = ShapeGenerator.Generate(Shape).Graph;
        _device = DeviceCatalogue.Open(DeviceCatalogue.Auto);
        _bound = new BoundProgram(
            LayerBenchmark.Build(Model, graph, 64, 64, heads: 1, Mode == "train"), LayerBenchmark.Topology(graph, 64), _device, RelationStatistics.Of(graph), disabled);
    }

    [Benchmark]
    public void Step()
    {
        _bound!.Executor.Run();
        _bound.Executor.Synchronize();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _bound?.Dispose();
        _device?.Dispose();
    }
}
