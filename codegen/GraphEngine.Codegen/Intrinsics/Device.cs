using ILGPU;
using ILGPU.IR.Intrinsics;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>
/// The functions that generated SIMT kernels call. The C# body is the meaning on the CPU; a method marked as an intrinsic has a PTX and an OpenCL
/// form in <see cref="IntrinsicTable"/>, the others are ordinary C# that ILGPU inlines on every device.
/// </summary>
public static class Device
{
    private const float TwoOverSqrtPi = 1.12837917f;

    /// <summary>a b + c with one rounding.</summary>
    /// <param name="a">First factor.</param>
    /// <param name="b">Second factor.</param>
    /// <param name="c">Addend.</param>
    [IntrinsicImplementation]
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>The exponential function.</summary>
    /// <param name="x">The argument.</param>
    [IntrinsicImplementation]
    public static float Exp(float x) => MathF.Exp(x);

    /// <summary>The natural logarithm.</summary>
    /// <param name="x">The argument.</param>
    [IntrinsicImplementation]
    public static float Log(float x) => MathF.Log(x);

    /// <summary>The square root; correctly rounded on CPUs and CUDA, within 3 units in the last place on OpenCL devices.</summary>
    /// <param name="x">The argument.</param>
    [IntrinsicImplementation]
    public static float Sqrt(float x) => MathF.Sqrt(x);

    /// <summary>The sine of an angle in radians, for angles of up to some 100,000.</summary>
    /// <param name="x">The angle.</param>
    [IntrinsicImplementation]
    public static float Sin(float x) => MathF.Sin(x);

    /// <summary>The cosine of an angle in radians, for angles of up to some 100,000.</summary>
    /// <param name="x">The angle.</param>
    [IntrinsicImplementation]
    public static float Cos(float x) => MathF.Cos(x);

    /// <summary>Waits for all work items of the group; their writes to shared and to global memory are then visible to each other.</summary>
    [IntrinsicImplementation]
    public static void LocalBarrier() => Group.Barrier();

    /// <summary>Adds to a number in global memory that other work items may add to at the same time.</summary>
    /// <param name="target">The number.</param>
    /// <param name="x">What is added.</param>
    [IntrinsicImplementation]
    public static void AtomicAdd(ref float target, float x) => Atomic.Add(ref target, x);

    /// <summary>The larger of two values; a NaN in <paramref name="a"/> stays.</summary>
    /// <param name="a">First value.</param>
    /// <param name="b">Second value.</param>
    public static float Max(float a, float b) => a < b ? b : a;

    /// <summary>The smaller of two values; a NaN in <paramref name="a"/> stays.</summary>
    /// <param name="a">First value.</param>
    /// <param name="b">Second value.</param>
    public static float Min(float a, float b) => b < a ? b : a;

    /// <summary>The logistic function 1 / (1 + e^-x).</summary>
    /// <param name="x">The argument.</param>
    public static float Sigmoid(float x) => 1f / (1f + Exp(-x));

    /// <summary>
    /// The hyperbolic tangent to 1e-6 relative. Near zero 1 - 2 / (e^2x + 1) would cancel, so Lambert's continued fraction takes over there.
    /// </summary>
    /// <param name="x">The argument.</param>
    public static float Tanh(float x)
    {
        float size = IntrinsicMath.Abs(x);
        float z = x * x;
        float numerator = x * Fma(z, Fma(z, 21f, 1260f), 10395f);
        float denominator = Fma(z, Fma(z, z + 210f, 4725f), 10395f);
        float far = 1f - 2f / (Exp(2f * size) + 1f);
        return size < 0.6f ? numerator / denominator : x < 0f ? -far : far;
    }

    /// <summary>
    /// The error function to 1e-6: the Maclaurin series below one (Abramowitz and Stegun 7.1.5), their rational form 7.1.26 from there on.
    /// </summary>
    /// <param name="x">The argument.</param>
    public static float Erf(float x)
    {
        float size = IntrinsicMath.Abs(x);
        float z = x * x;
        float series = Fma(z, -1f / 6894720f, 1f / 685440f);
        series = Fma(z, series, -1f / 75600f);
        series = Fma(z, series, 1f / 9360f);
        series = Fma(z, series, -1f / 1320f);
        series = Fma(z, series, 1f / 216f);
        series = Fma(z, series, -1f / 42f);
        series = Fma(z, series, 1f / 10f);
        series = Fma(z, series, -1f / 3f);
        series = Fma(z, series, 1f);

        float t = 1f / Fma(size, 0.3275911f, 1f);
        float tail = Fma(t, 1.061405429f, -1.453152027f);
        tail = Fma(t, tail, 1.421413741f);
        tail = Fma(t, tail, -0.284496736f);
        tail = Fma(t, tail, 0.254829592f);
        float far = 1f - t * tail * Exp(-z);
        return size < 1f ? TwoOverSqrtPi * x * series : x < 0f ? -far : far;
    }

    /// <summary>log(1 + x) for x above -1 without the loss of digits near zero (Kahan's quotient).</summary>
    /// <param name="x">The argument.</param>
    public static float Log1p(float x)
    {
        float shifted = 1f + x;
        float quotient = Log(shifted) * (x / (shifted - 1f));
        return shifted == 1f ? x : quotient;
    }

    /// <summary>log(1 + e^x) without overflow.</summary>
    /// <param name="x">The argument.</param>
    public static float Softplus(float x) => Max(x, 0f) + Log1p(Exp(-IntrinsicMath.Abs(x)));

    /// <summary>2 to the power of x by the unit that GPUs have for it: the base of the other functions on CUDA.</summary>
    /// <param name="x">The exponent.</param>
    [IntrinsicImplementation]
    internal static float Exp2(float x) => MathF.Pow(2f, x);
}
