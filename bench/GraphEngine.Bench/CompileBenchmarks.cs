using BenchmarkDotNet.Attributes;
using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Passes;

namespace GraphEngine.Bench;

/// <summary>The compiler itself, without Roslyn: from an inter-op program to kernels.</summary>
[MemoryDiagnoser]
public class CompileBenchmarks
{
    private readonly HeteroGraph _graph = ShapeGenerator.Generate("aifb").Graph;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "rgcn";

    public static IEnumerable<string> Models => LayerBenchmark.Models;

    [Benchmark]
    public int Lower()
    {
        Ir.Program program = LayerBenchmark.Build(Model, _graph, 64, 64, heads: 1, training: true);
        return Pipeline.Run(program, new PipelineOptions(Workers: 2, RelationStatistics.Of(_graph))).Kernels.Count;
    }
}
