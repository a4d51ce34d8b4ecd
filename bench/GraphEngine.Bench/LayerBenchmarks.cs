using BenchmarkDotNet.Attributes;
using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Learning.Benchmarks;
using GraphEngine.Learning.Models;
using GraphEngine.Runtime;

namespace GraphEngine.Bench;

/// <summary>One layer, 64 to 64, on graphs with the counts of published ones: inference and a whole training step.</summary>
[MemoryDiagnoser]
public class LayerBenchmarks
{
    private Device? _device;
    private BoundProgram? _bound;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "rgcn";

    public static IEnumerable<string> Models => LayerBenchmark.Models;

    /// <summary>The passes left out: none, and those beyond compact materialisation and linear reordering.</summary>
    [Params("", "aggregate-first")]
    public string Disabled { get; set; } = "";

    [Params("aifb", "mutag", "bgs", "fb15k")]
    public string Shape { get; set; } = "aifb";

    [Params("infer", "train")]
    public string Mode { get; set; } = "infer";

    [GlobalSetup]
    public void Setup()
    {
        HeteroGraph graph = ShapeGenerator.Generate(Shape).Graph;
        _device = DeviceCatalogue.Open(DeviceCatalogue.Auto);
        _bound = new BoundProgram(
            LayerBenchmark.Build(Model, graph, 64, 64, heads: 1, Mode == "train"), LayerBenchmark.Topology(graph, 64), _device, RelationStatistics.Of(graph), Disabled.Split(',').ToHashSet());
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
