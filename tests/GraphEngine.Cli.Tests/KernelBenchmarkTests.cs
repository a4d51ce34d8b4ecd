using GraphEngine.Learning.Benchmarks;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Cli.Tests;

/// <summary>A rate means something only when all of the work was done: every row is compared with a plain loop.</summary>
public sealed class KernelBenchmarkTests
{
    private const int Width = 64;
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gemms_multiply_every_row(bool isTyped)
    {
        KernelBenchmark benchmark = isTyped ? KernelBenchmarks.TypedGemm() : KernelBenchmarks.TallGemm();
        using BoundProgram bound = new(benchmark.Program, benchmark.Topology, TestDevices.Cpu);
        bound.Executor.Run();
        float[] x = bound.Read("x"), w = bound.Read("w"), y = bound.Executor.Read("y");
        int[]? types = isTyped ? benchmark.Topology.Indices(benchmark.Topology.Maps.Single()) : null;
        int rows = x.Length / Width;
        for (int i = 0; i < rows; i++)
        {
            // One column a row, a different one each time, is enough to see that the row was computed.
            int j = i % Width;
            double sum = 0;
            for (int k = 0; k < Width; k++)
                sum += (double)x[(i * Width) + k] * w[((types?[i] ?? 0) * Width * Width) + (k * Width) + j];
            Assert.Equal(sum, y[(i * Width) + j], Tolerance);
        }
    }

    [Fact]
    public void Adam_moves_every_parameter_by_the_step_size()
    {
        KernelBenchmark benchmark = KernelBenchmarks.AdamStep();
        using BoundProgram bound = new(benchmark.Program, benchmark.Topology, TestDevices.Cpu);
        float[] before = bound.Read("p"), gradient = bound.Read("g");
        Assert.Equal(10_000_000, before.Length);
        bound.Executor.Run();
        bound.Executor.Synchronize();
        float[] after = bound.Read("p");
        // In the first step both moments are corrected to the gradient itself, so the step is the rate times its sign.
        for (int i = 0; i < before.Length; i++)
        {
            if (MathF.Abs(gradient[i]) > 1e-3f)
                Assert.Equal(0.01 * MathF.Sign(gradient[i]), before[i] - after[i], 1e-5);
        }
    }

    [Fact]
    public void The_gathered_sum_adds_every_edge()
    {
        KernelBenchmark benchmark = KernelBenchmarks.GatherSum(TinyData.Data.Graph);
        using BoundProgram bound = new(benchmark.Program, benchmark.Topology, TestDevices.Cpu);
        bound.Executor.Run();
        float[] x = bound.Read("x"), y = bound.Executor.Read("y");
        double[] sums = new double[y.Length];
        int[] sources = benchmark.Topology.Indices(IndexMap.EdgeSource), targets = benchmark.Topology.Indices(IndexMap.EdgeTarget);
        for (int e = 0; e < sources.Length; e++)
        {
            for (int j = 0; j < Width; j++)
                sums[(targets[e] * Width) + j] += x[(sources[e] * Width) + j];
        }
        Assert.Equal(sources.Length * Width * sizeof(float), benchmark.Work);
        Assert.All(Enumerable.Range(0, y.Length), i => Assert.Equal(sums[i], y[i], Tolerance));
    }
}
