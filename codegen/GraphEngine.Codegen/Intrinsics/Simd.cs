using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GraphEngine.Tensors;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>
/// The functions that generated SIMD kernels call on registers. The 512-bit form is the definition; narrower registers are widened to it, and single
/// floats use the functions of <see cref="Device"/>, so that a value does not depend on the block it is computed in by more than rounding.
/// </summary>
public static unsafe class Simd
{
    /// <summary>Asks for a cache line that will be read soon; any address is allowed.</summary>
    /// <param name="address">The address.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>The exponential function.</summary>
    /// <param name="x">The argument.</param>
    public static Vector512<float> Exp(Vector512<float> x) => Vector512.Exp(x);

    /// <inheritdoc cref="Exp(Vector512{float})"/>
    public static Vector256<float> Exp(Vector256<float> x) => Vector256.Exp(x);

    /// <inheritdoc cref="Exp(Vector512{float})"/>
    public static Vector128<float> Exp(Vector128<float> x) => Vector128.Exp(x);

    /// <inheritdoc cref="Exp(Vector512{float})"/>
    public static float Exp(float x) => Device.Exp(x);

    /// <summary>The natural logarithm.</summary>
    /// <param name="x">The argument.</param>
    public static Vector512<float> Log(Vector512<float> x) => Vector512.Log(x);

    /// <inheritdoc cref="Log(Vector512{float})"/>
    public static Vector256<float> Log(Vector256<float> x) => Vector256.Log(x);

    /// <inheritdoc cref="Log(Vector512{float})"/>
    public static Vector128<float> Log(Vector128<float> x) => Vector128.Log(x);

    /// <inheritdoc cref="Log(Vector512{float})"/>
    public static float Log(float x) => Device.Log(x);

    /// <summary>The square root.</summary>
    /// <param name="x">The argument.</param>
    public static Vector512<float> Sqrt(Vector512<float> x) => Vector512.Sqrt(x);

    /// <inheritdoc cref="Sqrt(Vector512{float})"/>
    public static Vector256<float> Sqrt(Vector256<float> x) => Vector256.Sqrt(x);

    /// <inheritdoc cref="Sqrt(Vector512{float})"/>
    public static Vector128<float> Sqrt(Vector128<float> x) => Vector128.Sqrt(x);

    /// <inheritdoc cref="Sqrt(Vector512{float})"/>
    public static float Sqrt(float x) => Device.Sqrt(x);

    /// <summary>The cosine.</summary>
    /// <param name="x">The argument.</param>
    public static Vector512<float> Cos(Vector512<float> x) => Vector512.Cos(x);

    /// <inheritdoc cref="Cos(Vector512{float})"/>
    public static Vector256<float> Cos(Vector256<float> x) => Vector256.Cos(x);

    /// <inheritdoc cref="Cos(Vector512{float})"/>
    public static Vector128<float> Cos(Vector128<float> x) => Vector128.Cos(x);

    /// <inheritdoc cref="Cos(Vector512{float})"/>
    public static float Cos(float x) => Device.Cos(x);

    /// <summary>The sine.</summary>
    /// <param name="x">The argument.</param>
    public static Vector512<float> Sin(Vector512<float> x) => Vector512.Sin(x);

    /// <inheritdoc cref="Sin(Vector512{float})"/>
    public static Vector256<float> Sin(Vector256<float> x) => Vector256.Sin(x);

    /// <inheritdoc cref="Sin(Vector512{float})"/>
    public static Vector128<float> Sin(Vector128<float> x) => Vector128.Sin(x);

    /// <inheritdoc cref="Sin(Vector512{float})"/>
    public static float Sin(float x) => Device.Sin(x);

    /// <summary>The logistic function.</summary>
    /// <param name="x">The argument.</param>
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Vector512.Exp(-x));

    /// <inheritdoc cref="Sigmoid(Vector512{float})"/>
    public static Vector256<float> Sigmoid(Vector256<float> x) => Vector256<float>.One / (Vector256<float>.One + Vector256.Exp(-x));

    /// <inheritdoc cref="Sigmoid(Vector512{float})"/>
    public static Vector128<float> Sigmoid(Vector128<float> x) => Vector128<float>.One / (Vector128<float>.One + Vector128.Exp(-x));

    /// <inheritdoc cref="Sigmoid(Vector512{float})"/>
    public static float Sigmoid(float x) => Device.Sigmoid(x);

    /// <summary>The hyperbolic tangent: Lambert's continued fraction near zero, an exponential elsewhere.</summary>
    /// <param name="x">The argument.</param>
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> one = Vector512<float>.One, size = Vector512.Abs(x), z = x * x;
        Vector512<float> numerator = x * ((((z * 21f) + Vector512.Create(1260f)) * z) + Vector512.Create(10395f));
        Vector512<float> denominator = (((((z + Vector512.Create(210f)) * z) + Vector512.Create(4725f)) * z)) + Vector512.Create(10395f);
        Vector512<float> far = one - (Vector512.Create(2f) / (Vector512.Exp(size * 2f) + one));
        return Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512.Create(0.6f)), numerator / denominator, Vector512.CopySign(far, x));
    }

    /// <inheritdoc cref="Tanh(Vector512{float})"/>
    public static Vector256<float> Tanh(Vector256<float> x) => Tanh(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Tanh(Vector512{float})"/>
    public static Vector128<float> Tanh(Vector128<float> x) => Tanh(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Tanh(Vector512{float})"/>
    public static float Tanh(float x) => Device.Tanh(x);

    /// <summary>log(1 + e^x) without overflow.</summary>
    /// <param name="x">The argument.</param>
    public static Vector512<float> Softplus(Vector512<float> x) =>
        Vector512.Max(x, Vector512<float>.Zero) + Vector512.Log(Vector512<float>.One + Vector512.Exp(-Vector512.Abs(x)));

    /// <inheritdoc cref="Softplus(Vector512{float})"/>
    public static Vector256<float> Softplus(Vector256<float> x) => Softplus(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Softplus(Vector512{float})"/>
    public static Vector128<float> Softplus(Vector128<float> x) => Softplus(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Softplus(Vector512{float})"/>
    public static float Softplus(float x) => Math.Max(x, 0f) + Device.Log(1f + Device.Exp(-Math.Abs(x)));

    /// <summary>The error function: Abramowitz and Stegun 7.1.5 below one, 7.1.26 from there on.</summary>
    /// <param name="x">The argument.</param>
    public static Vector512<float> Erf(Vector512<float> x)
    {
        Vector512<float> one = Vector512<float>.One, size = Vector512.Abs(x), z = x * x;
        Vector512<float> series = Polynomial(z, -1f / 6894720f, 1f / 685440f, -1f / 75600f, 1f / 9360f, -1f / 1320f, 1f / 216f, -1f / 42f, 1f / 10f, -1f / 3f, 1f);
        Vector512<float> t = one / ((size * 0.3275911f) + one);
        Vector512<float> tail = Polynomial(t, 1.061405429f, -1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f);
        Vector512<float> far = one - (t * tail * Vector512.Exp(-z));
        return Vector512.ConditionalSelect(Vector512.LessThan(size, one), x * series * 1.12837917f, Vector512.CopySign(far, x));
    }

    /// <inheritdoc cref="Erf(Vector512{float})"/>
    public static Vector256<float> Erf(Vector256<float> x) => Erf(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Erf(Vector512{float})"/>
    public static Vector128<float> Erf(Vector128<float> x) => Erf(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Erf(Vector512{float})"/>
    public static float Erf(float x) => Device.Erf(x);

    /// <summary>Some columns of a unit vector.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="column">The column that is 1.</param>
    public static Vector512<float> OneHot512(int first, int column) => Vector512.ConditionalSelect(
        Vector512.Equals(Vector512<int>.Indices, Vector512.Create(column - first)).AsSingle(), Vector512<float>.One, Vector512<float>.Zero);

    /// <inheritdoc cref="OneHot512(int, int)"/>
    public static Vector256<float> OneHot256(int first, int column) => OneHot512(first, column).GetLower();

    /// <inheritdoc cref="OneHot512(int, int)"/>
    public static Vector128<float> OneHot128(int first, int column) => OneHot256(first, column).GetLower();

    /// <summary>x where the random bits of its element reach a threshold, else 0.</summary>
    /// <param name="x">Consecutive elements, already scaled.</param>
    /// <param name="key">The key of <see cref="CounterRandom.Key"/>.</param>
    /// <param name="element">The position of the first.</param>
    /// <param name="threshold">The threshold of <see cref="CounterRandom.Threshold"/>.</param>
    public static Vector512<float> Keep(Vector512<float> x, uint key, uint element, uint threshold)
    {
        Vector512<uint> bits = Mix((Vector512<uint>.Indices + Vector512.Create(element)) ^ Vector512.Create(key)) >>> 8;
        return Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(bits, Vector512.Create(threshold)).AsSingle(), x, Vector512<float>.Zero);
    }

    /// <inheritdoc cref="Keep(Vector512{float}, uint, uint, uint)"/>
    public static Vector256<float> Keep(Vector256<float> x, uint key, uint element, uint threshold) => Keep(x.ToVector512(), key, element, threshold).GetLower();

    /// <inheritdoc cref="Keep(Vector512{float}, uint, uint, uint)"/>
    public static Vector128<float> Keep(Vector128<float> x, uint key, uint element, uint threshold) => Keep(x.ToVector256(), key, element, threshold).GetLower();

    /// <summary>The largest element.</summary>
    /// <param name="x">The vector.</param>
    public static float MaxOf(Vector512<float> x) => MaxOf(Vector256.Max(x.GetLower(), x.GetUpper()));

    /// <inheritdoc cref="MaxOf(Vector512{float})"/>
    public static float MaxOf(Vector256<float> x) => MaxOf(Vector128.Max(x.GetLower(), x.GetUpper()));

    /// <inheritdoc cref="MaxOf(Vector512{float})"/>
    public static float MaxOf(Vector128<float> x) => Math.Max(Math.Max(x[0], x[1]), Math.Max(x[2], x[3]));

    private static Vector512<float> Polynomial(Vector512<float> x, params ReadOnlySpan<float> coefficients)
    {
        Vector512<float> y = Vector512.Create(coefficients[0]);
        foreach (float c in coefficients[1..])
            y = Vector512.FusedMultiplyAdd(y, x, Vector512.Create(c));
        return y;
    }

    /// <summary><see cref="CounterRandom.Mix"/> on sixteen words.</summary>
    private static Vector512<uint> Mix(Vector512<uint> x)
    {
        x ^= x >>> 16;
        x *= 0x7feb352du;
        x ^= x >>> 15;
        x *= 0x846ca68bu;
        return x ^ (x >>> 16);
    }
}
