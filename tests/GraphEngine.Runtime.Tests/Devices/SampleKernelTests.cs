using GraphEngine.Codegen;
using GraphEngine.Testing;
using ILGPU;
using ILGPU.Runtime;
using Xunit;

namespace GraphEngine.Runtime.Tests.Devices;

public sealed class SampleKernelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1001)]
    public void Simd_gemm_is_right_on_the_cpu(int rows)
    {
        Device device = TestDevices.Cpu;
        float[] x = Random(rows * 64, 1), w = Random(64 * 64, 2), y = new float[rows * 64];

        KernelRun.OverLanes(device, SimdGemmSample.Source(device.Profile.VectorBits), [x, w, y], [], [rows]);

        AssertClose(Gemm(x, w, rows), y);
    }

    [Theory, MemberData(nameof(TestDevices.SimtNames), MemberType = typeof(TestDevices))]
    public void Simt_gemm_is_right(string name)
    {
        const int rows = 1001;
        float[] x = Random(rows * 64, 1), w = Random(64 * 64, 2), y = new float[rows * 64];
        int groups = (rows + SimtGemmSample.TileRows - 1) / SimtGemmSample.TileRows;

        KernelRun.Once(TestDevices.Get(name), SimtGemmSample.Source, groups, SimtGemmSample.GroupSize, [x, w, y], [], [rows]);

        AssertClose(Gemm(x, w, rows), y);
    }

    [Fact]
    public void Simd_gather_sum_is_right_on_the_cpu()
    {
        (int[] pointers, int[] items, float[] x) = Graph(rows: 500, sources: 300);
        float[] y = new float[500 * 64];

        KernelRun.OverLanes(TestDevices.Cpu, GatherSumSample.Simd, [x, y], [pointers, items], [500]);

        AssertClose(GatherSum(x, pointers, items), y);
    }

    [Theory, MemberData(nameof(TestDevices.SimtNames), MemberType = typeof(TestDevices))]
    public void Simt_gather_sum_is_right(string name)
    {
        (int[] pointers, int[] items, float[] x) = Graph(rows: 500, sources: 300);
        float[] y = new float[500 * 64];
        int groups = (500 + GatherSumSample.RowsPerGroup - 1) / GatherSumSample.RowsPerGroup;

        KernelRun.Once(TestDevices.Get(name), GatherSumSample.Simt, groups, 256, [x, y], [pointers, items], [500]);

        AssertClose(GatherSum(x, pointers, items), y);
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Twelve_views_and_eight_scalars_fit_in_the_arguments(string name)
    {
        Device device = TestDevices.Get(name);
        float[][] floats = [.. Enumerable.Range(0, 9).Select(i => i == 8 ? new float[2] : new float[] { 1 << i, 0 })];
        int[][] ints = [[1000], [2000], [4000]];

        KernelRun.Once(device, WideArgumentsSample.Source, 1, 2, floats, ints, [1, 2, 3, 4, 5, 6, 7, 8]);

        Assert.Equal([255 + 7000 + 36, 7000 + 36], floats[8]);
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Views_of_a_slab_are_bound_without_copying(string name)
    {
        Device device = TestDevices.Get(name);
        KernelAssembly kernels = new KernelCache(null).Load([WideArgumentsSample.Source], device.Profile);
        Kernel kernel = device.Load(kernels.Entry(WideArgumentsSample.Source.Name), 2);
        using var slab = device.Accelerator.Allocate1D<float>(9 * 64);
        using var indices = device.Accelerator.Allocate1D<int>(3 * 64);
        slab.CopyFromCPU([.. Enumerable.Range(0, 9 * 64).Select(i => (float)(i / 64))]);
        indices.MemSetToZero();
        ArrayView<float> all = slab.View;
        ArrayView<int> allIndices = indices.View;

        Action<AcceleratorStream> launch = kernels.Binder(WideArgumentsSample.Source.Name)(
            kernel,
            new KernelConfig(1, 2),
            [.. Enumerable.Range(0, 9).Select(i => all.SubView(i * 64, 64))],
            [.. Enumerable.Range(0, 3).Select(i => allIndices.SubView(i * 64, 64))],
            new int[8]);
        launch(device.Accelerator.DefaultStream);
        device.Synchronize();

        Assert.Equal([28f, 28f, 8f], slab.GetAsArray1D()[(8 * 64)..(8 * 64 + 3)]);
    }

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static (int[] Pointers, int[] Items, float[] X) Graph(int rows, int sources)
    {
        var random = new Random(5);
        int[] pointers = new int[rows + 1];
        // Every third row is empty, and one row is heavy.
        for (int r = 0; r < rows; r++)
            pointers[r + 1] = pointers[r] + (r % 3 == 0 ? 0 : r == 100 ? 700 : random.Next(10));
        return (pointers, [.. Enumerable.Range(0, pointers[rows]).Select(_ => random.Next(sources))], Random(sources * 64, 6));
    }

    private static double[] Gemm(float[] x, float[] w, int rows) =>
    [
        .. from i in Enumerable.Range(0, rows)
           from j in Enumerable.Range(0, 64)
           select Enumerable.Range(0, 64).Sum(k => (double)x[i * 64 + k] * w[k * 64 + j]),
    ];

    private static double[] GatherSum(float[] x, int[] pointers, int[] items) =>
    [
        .. from r in Enumerable.Range(0, pointers.Length - 1)
           from j in Enumerable.Range(0, 64)
           select items[pointers[r]..pointers[r + 1]].Sum(i => (double)x[i * 64 + j]),
    ];

    private static void AssertClose(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double error = Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum());
        double norm = Math.Sqrt(expected.Sum(e => e * e));
        Assert.True(error <= 1e-5 * norm, $"The relative error is {error / norm}.");
    }
}
