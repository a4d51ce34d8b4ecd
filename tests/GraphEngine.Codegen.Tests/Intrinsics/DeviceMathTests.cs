using System.Runtime.Intrinsics;
using GraphEngine.Codegen.Ilgpu;
using GraphEngine.Codegen.Intrinsics;
using GraphEngine.Tensors;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Codegen.Tests.Intrinsics;

public sealed class DeviceMathTests
{
    private const double Tolerance = 1e-6;

    private static readonly (string Name, float From, float To, Func<double, double> Exact, bool Relative)[] Functions =
    [
        ("Exp", -85f, 85f, Math.Exp, true),
        ("Log", 1e-37f, 3f, Math.Log, false),
        ("Log", 1f, 1e30f, Math.Log, true),
        ("Sqrt", 0f, 1e6f, Math.Sqrt, true),
        ("Sin", -1000f, 1000f, Math.Sin, false),
        ("Cos", -1000f, 1000f, Math.Cos, false),
        ("Sigmoid", -80f, 80f, x => 1 / (1 + Math.Exp(-x)), true),
        ("Tanh", -10f, 10f, Math.Tanh, true),
        ("Tanh", -0.01f, 0.01f, Math.Tanh, true),
        ("Erf", -5f, 5f, Erf, true),
        ("Erf", -0.01f, 0.01f, Erf, true),
        ("Log1p", -0.9f, 10f, Log1p, true),
        ("Log1p", 1e-12f, 1e-3f, Log1p, true),
    ];

    private static readonly Dictionary<string, Func<float, float>> OnCpu = new()
    {
        ["Exp"] = Device.Exp,
        ["Log"] = Device.Log,
        ["Sqrt"] = Device.Sqrt,
        ["Sin"] = Device.Sin,
        ["Cos"] = Device.Cos,
        ["Sigmoid"] = Device.Sigmoid,
        ["Tanh"] = Device.Tanh,
        ["Erf"] = Device.Erf,
        ["Log1p"] = Device.Log1p,
    };

    private static readonly Dictionary<string, Func<float, float>> OnCuda = new()
    {
        ["Exp"] = PtxMath.Exp,
        ["Log"] = PtxMath.Log,
        ["Sin"] = PtxMath.Sin,
        ["Cos"] = PtxMath.Cos,
    };

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Functions.Length)];

    public static TheoryData<string, int> RowsOnDevices =>
        [.. from string name in (string[])["pocl", "cuda"] from row in Enumerable.Range(0, Functions.Length) select (name, row)];

    [Theory, MemberData(nameof(Rows))]
    public void A_function_is_accurate_in_csharp(int row)
    {
        float[] x = Points(row);
        AssertAccurate(row, x, [.. x.Select(OnCpu[Functions[row].Name])]);
    }

    [Theory, MemberData(nameof(Rows))]
    public void The_cuda_form_of_a_function_is_accurate(int row)
    {
        if (!OnCuda.TryGetValue(Functions[row].Name, out Func<float, float>? function))
            return;
        float[] x = Points(row);
        AssertAccurate(row, x, [.. x.Select(function)]);
    }

    [Theory, MemberData(nameof(RowsOnDevices))]
    public void A_function_is_accurate_on_a_device(string name, int row)
    {
        float[] x = Points(row), y = new float[x.Length];
        KernelRun.Once(TestDevices.Get(name), MapSample.Source($"Device.{Functions[row].Name}(a.X[i])"), (x.Length + 63) / 64, 64, [x, y], [], [x.Length]);
        AssertAccurate(row, x, y);
    }

    [Fact]
    public void The_cuda_forms_keep_infinities_and_nan()
    {
        Assert.Equal([0f, float.PositiveInfinity, float.NaN, 1f], [.. Ends(PtxMath.Exp), PtxMath.Exp(0f)]);
        Assert.Equal([float.NaN, float.PositiveInfinity, float.NaN, 0f, float.NegativeInfinity], [.. Ends(PtxMath.Log), PtxMath.Log(1f), PtxMath.Log(0f)]);
        Assert.Equal([-1f, 1f, float.NaN], Ends(Device.Tanh));
        Assert.Equal([0f, 1f, float.NaN], Ends(Device.Sigmoid));
        Assert.Equal([-1f, 1f, float.NaN], Ends(Device.Erf));
        Assert.Equal(Math.Log(1e-40), PtxMath.Log(1e-40f), 1e-4);
    }

    [Fact]
    public void The_wide_forms_keep_infinities_and_nan()
    {
        Func<float, float> Wide(Func<Vector512<float>, Vector512<float>> function) => x => function(Vector512.Create(x))[5];
        Assert.Equal([0f, float.PositiveInfinity, float.NaN, 1f], [.. Ends(Wide(Simd.Exp)), Wide(Simd.Exp)(0f)]);
        Assert.Equal([float.NaN, float.PositiveInfinity, float.NaN, 0f, float.NegativeInfinity], [.. Ends(Wide(Simd.Log)), Wide(Simd.Log)(1f), Wide(Simd.Log)(0f)]);
        Assert.Equal([-1f, 1f, float.NaN], Ends(Wide(Simd.Tanh)));
        Assert.Equal([0f, 1f, float.NaN], Ends(Wide(Simd.Sigmoid)));
        Assert.Equal([-1f, 1f, float.NaN], Ends(Wide(Simd.Erf)));
        Assert.Equal([0f, float.PositiveInfinity, float.NaN], Ends(Wide(Simd.Softplus)));
        Assert.All((float[])[-1e30f, -1e5f, -200f, -104f, -90f, -0.1f, 88.7f, 89f, 200f, 1e30f], x => Assert.Equal(MathF.Exp(x), Wide(Simd.Exp)(x), MathF.Exp(x) * 3e-7f));
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Random_bits_are_the_same_everywhere(string name)
    {
        float[] x = new float[1000], y = new float[1000];
        uint key = CounterRandom.Key(4000000000u, 3, 7);
        KernelRun.Once(TestDevices.Get(name), MapSample.Source($"(float)(int)CounterRandom.Bits({key}u, (uint)i)"), 500, 2, [x, y], [], [1000]);

        Assert.Equal([.. Enumerable.Range(0, 1000).Select(i => (float)CounterRandom.Bits(key, (uint)i))], y);
    }

    [Fact]
    public void Random_bits_are_uniform_and_streams_are_unrelated()
    {
        const int count = 100_000;
        double[] a = Uniform(CounterRandom.Key(1, 0, 0), count), b = Uniform(CounterRandom.Key(1, 0, 1), count), c = Uniform(CounterRandom.Key(1, 1, 0), count);

        Assert.Equal(0.5, a.Average(), 0.005);
        Assert.Equal(1 / 12.0, a.Average(v => (v - 0.5) * (v - 0.5)), 0.002);
        Assert.Equal(0, Correlation(a, b), 0.015);
        Assert.Equal(0, Correlation(a, c), 0.015);
        Assert.Equal(0, Correlation(a[..^1], a[1..]), 0.015);
    }

    [Fact]
    public void Ptx_uses_the_hardware_and_no_library()
    {
        KernelSource source = MapSample.Source("Device.Tanh(a.X[i]) + Device.Sqrt(a.X[i]) + (int)CounterRandom.Bits(1u, (uint)i)");
        string ptx = IlgpuBackend.PtxText(new KernelCache(null).Load([source], DeviceProfile.CudaText()).Entry(source.Name), 64);

        Assert.Contains("ex2.approx.f32", ptx, StringComparison.Ordinal);
        Assert.Contains("sqrt.rn.f32", ptx, StringComparison.Ordinal);
        Assert.Contains("fma.rn.f32", ptx, StringComparison.Ordinal);
        Assert.Contains("shr.u32", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain("tanh.approx", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain("call", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
    }

    private static double[] Uniform(uint key, int count) => [.. Enumerable.Range(0, count).Select(i => CounterRandom.Bits(key, (uint)i) / 16777216.0)];

    private static float[] Ends(Func<float, float> function) =>
        [function(float.NegativeInfinity), function(float.PositiveInfinity), function(float.NaN)];

    private static double Correlation(double[] a, double[] b) => 12 * a.Zip(b, (x, y) => (x - 0.5) * (y - 0.5)).Average();

    private static float[] Points(int row)
    {
        (_, float from, float to, _, _) = Functions[row];
        return [.. Enumerable.Range(0, 2001).Select(i => from + (to - from) * (i / 2000f))];
    }

    private static void AssertAccurate(int row, float[] x, float[] y)
    {
        (string name, _, _, Func<double, double> exact, bool relative) = Functions[row];
        for (int i = 0; i < x.Length; i++)
        {
            double expected = exact(x[i]);
            double error = Math.Abs(expected - y[i]) / (relative ? Math.Max(Math.Abs(expected), 1e-30) : Math.Max(1, Math.Abs(expected)));
            Assert.True(error <= Tolerance, $"{name}({x[i]:R}) = {y[i]:R} instead of {expected:R}: error {error:E1}.");
        }
    }

    // double.LogP1 of .NET loses the digits that are asked for here.
    private static double Log1p(double x) => 1 + x == 1 ? x : Math.Log(1 + x) * (x / (1 + x - 1));

    // Abramowitz and Stegun 7.1.6, whose terms are all of one sign.
    private static double Erf(double x)
    {
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
            sum += term *= 2 * x * x / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
