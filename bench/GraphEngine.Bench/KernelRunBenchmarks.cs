using BenchmarkDotNet.Attributes;
using GraphEngine.Data;
using GraphEngine.Learning.Benchmarks;
using GraphEngine.Runtime;

namespace GraphEngine.Bench;

/// <summary>The kernels that decide the engine's speed, one run each.</summary>
public class KernelRunBenchmarks
{
    private Device? _device;
    private BoundProgram? _bound;

    [Params("gemm-tall", "gemm-typed", "gather-sum", "adam")]
    public string Kernel { get; set; } = "gemm-tall";

    [GlobalSetup]
    public void Setup()
    {
        KernelBenchmark benchmark = Kernel switch
        {
            "gemm-tall" => KernelBenchmarks.TallGemm(),
            "gemm-typed" => KernelBenchmarks.TypedGemm(),
            "gather-sum" => KernelBenchmarks.GatherSum(ShapeGenerator.Generate("mag", scale: 0.1).Graph),
            _ => KernelBenchmarks.AdamStep(),
        };
        _device = DeviceCatalogue.Open(DeviceCatalogue.Auto);
        _bound = new BoundProgram(benchmark.Program, benchmark.Topology, _device);
    }

    [Benchmark]
    public void Run()
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
