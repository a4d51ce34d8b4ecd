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

    [Benchmark]
    public int Lower()
    {
        Ir.Program program = LayerBenchmark.Build("rgcn", _graph, 64, 64, training: true);
        return Pipeline.Run(program, new PipelineOptions(Workers: 2)).Kernels.Count;
    }
}
