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
    // Inlined into the body of a large kernel these functions exhaust what the JIT inlines, and their parts become calls.
    private const MethodImplOptions OneBody = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Asks for a cache line that will be read soon; any address is allowed.</summary>
    /// <param name="address">The address.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>Elements at some positions.</summary>
    /// <param name="from">The first element.</param>
    /// <param name="positions">The positions.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Gather(float* from, Vector256<int> positions) => Avx2.IsSupported
        ? Avx2.GatherVector256(from, positions, sizeof(float))
        : Vector256.Create(Gather(from, positions.GetLower()), Gather(from, positions.GetUpper()));

    /// <inheritdoc cref="Gather(float*, Vector256{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gather(float* from, Vector512<int> positions) => Vector512.Create(Gather(from, positions.GetLower()), Gather(from, positions.GetUpper()));

    /// <inheritdoc cref="Gather(float*, Vector256{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Gather(float* from, Vector128<int> positions) =>
        Vector128.Create(from[positions[0]], from[positions[1]], from[positions[2]], from[positions[3]]);

    /// <summary>y[j] = the dot product of a vector with row j of a matrix: a product with a transposed matrix.</summary>
    /// <param name="a">The vector.</param>
    /// <param name="rows">The matrix, row after row.</param>
    /// <param name="y">Receives a number per row.</param>
    /// <param name="width">The columns.</param>
    /// <param name="count">The rows.</param>
    [MethodImpl(OneBody)]
    public static void Dots(float* a, float* rows, float* y, int width, int count)
    {
        for (int j = 0; j < count; j++, rows += width)
        {
            Vector256<float> sum = Vector256<float>.Zero;
            int i = 0;
            for (; i + Vector256<float>.Count <= width; i += Vector256<float>.Count)
                sum = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(rows + i), sum);
            float dot = Vector256.Sum(sum);
            for (; i < width; i++)
                dot += a[i] * rows[i];
            y[j] = dot;
        }
    }

    /// <summary>The exponential function: 2^n e^r with r in half a logarithm of two around zero, e^r by the polynomial of Moshier's Cephes library (expf).</summary>
    /// <param name="x">The argument.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // Beyond these bounds the result is 0 or infinite; the second operand, a NaN too, is what is left when the two cannot be compared.
        x = Vector512.MinNative(Vector512.Create(90f), Vector512.MaxNative(Vector512.Create(-110f), x));
        Vector512<float> n = Vector512.Floor(Vector512.FusedMultiplyAdd(x, Vector512.Create(1.442695041f), Vector512.Create(0.5f)));
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), x));
        Vector512<float> y = Vector512.FusedMultiplyAdd(Vector512.Create(1.9875691500e-4f), r, Vector512.Create(1.3981999507e-3f));
        y = Vector512.FusedMultiplyAdd(y, r, Vector512.Create(8.3334519073e-3f));
        y = Vector512.FusedMultiplyAdd(y, r, Vector512.Create(4.1665795894e-2f));
        y = Vector512.FusedMultiplyAdd(y, r, Vector512.Create(1.6666665459e-1f));
        y = Vector512.FusedMultiplyAdd(y, r, Vector512.Create(5.0000001201e-1f));
        y = Vector512.FusedMultiplyAdd(y, r * r, r + Vector512<float>.One);
        if (Avx512F.IsSupported)
            return Avx512F.Scale(y, n);
        // Two factors, since 2^128 is no number but half of it squared is.
        Vector512<int> whole = Vector512.ConvertToInt32(n), half = whole >> 1;
        return y * PowerOfTwo(half) * PowerOfTwo(whole - half);
    }

    /// <inheritdoc cref="Exp(Vector512{float})"/>
    public static Vector256<float> Exp(Vector256<float> x) => Exp(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Exp(Vector512{float})"/>
    public static Vector128<float> Exp(Vector128<float> x) => Exp(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Exp(Vector512{float})"/>
    public static float Exp(float x) => Device.Exp(x);

    /// <summary>The natural logarithm.</summary>
    /// <param name="x">The argument.</param>
    [MethodImpl(OneBody)]
    public static Vector512<float> Log(Vector512<float> x) => Vector512.Log(x);

    /// <inheritdoc cref="Log(Vector512{float})"/>
    public static Vector256<float> Log(Vector256<float> x) => Log(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Log(Vector512{float})"/>
    public static Vector128<float> Log(Vector128<float> x) => Log(x.ToVector256()).GetLower();

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
    [MethodImpl(OneBody)]
    public static Vector512<float> Cos(Vector512<float> x) => Vector512.Cos(x);

    /// <inheritdoc cref="Cos(Vector512{float})"/>
    public static Vector256<float> Cos(Vector256<float> x) => Cos(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Cos(Vector512{float})"/>
    public static Vector128<float> Cos(Vector128<float> x) => Cos(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Cos(Vector512{float})"/>
    public static float Cos(float x) => Device.Cos(x);

    /// <summary>The sine.</summary>
    /// <param name="x">The argument.</param>
    [MethodImpl(OneBody)]
    public static Vector512<float> Sin(Vector512<float> x) => Vector512.Sin(x);

    /// <inheritdoc cref="Sin(Vector512{float})"/>
    public static Vector256<float> Sin(Vector256<float> x) => Sin(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Sin(Vector512{float})"/>
    public static Vector128<float> Sin(Vector128<float> x) => Sin(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Sin(Vector512{float})"/>
    public static float Sin(float x) => Device.Sin(x);

    /// <summary>The logistic function.</summary>
    /// <param name="x">The argument.</param>
    [MethodImpl(OneBody)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    /// <inheritdoc cref="Sigmoid(Vector512{float})"/>
    public static Vector256<float> Sigmoid(Vector256<float> x) => Sigmoid(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Sigmoid(Vector512{float})"/>
    public static Vector128<float> Sigmoid(Vector128<float> x) => Sigmoid(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Sigmoid(Vector512{float})"/>
    public static float Sigmoid(float x) => Device.Sigmoid(x);

    /// <summary>The hyperbolic tangent: Lambert's continued fraction near zero, an exponential elsewhere.</summary>
    /// <param name="x">The argument.</param>
    [MethodImpl(OneBody)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> one = Vector512<float>.One, size = Vector512.Abs(x), z = x * x;
        Vector512<float> numerator = x * ((((z * 21f) + Vector512.Create(1260f)) * z) + Vector512.Create(10395f));
        Vector512<float> denominator = (((((z + Vector512.Create(210f)) * z) + Vector512.Create(4725f)) * z)) + Vector512.Create(10395f);
        Vector512<float> far = one - (Vector512.Create(2f) / (Exp(size * 2f) + one));
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
    [MethodImpl(OneBody)]
    public static Vector512<float> Softplus(Vector512<float> x) =>
        Vector512.Max(x, Vector512<float>.Zero) + Log(Vector512<float>.One + Exp(-Vector512.Abs(x)));

    /// <inheritdoc cref="Softplus(Vector512{float})"/>
    public static Vector256<float> Softplus(Vector256<float> x) => Softplus(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Softplus(Vector512{float})"/>
    public static Vector128<float> Softplus(Vector128<float> x) => Softplus(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Softplus(Vector512{float})"/>
    public static float Softplus(float x) => Math.Max(x, 0f) + Device.Log(1f + Device.Exp(-Math.Abs(x)));

    /// <summary>The error function as x P(x^2) / Q(x^2), a least-squares fit of the relative error (4e-7 at most in single precision) up to 4, from where on it is 1 to the last bit.</summary>
    /// <param name="x">The argument.</param>
    [MethodImpl(OneBody)]
    public static Vector512<float> Erf(Vector512<float> x)
    {
        x = Vector512.Min(Vector512.Max(x, Vector512.Create(-4f)), Vector512.Create(4f));
        Vector512<float> u = x * x, one = Vector512<float>.One;
        Vector512<float> p = Vector512.FusedMultiplyAdd(u, Vector512.Create(1.98680532e-6f), Vector512.Create(2.84560933e-4f));
        Vector512<float> q = Vector512.FusedMultiplyAdd(u, Vector512.Create(3.74201513e-5f), Vector512.Create(1.18552447e-3f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(3.88315790e-3f));
        q = Vector512.FusedMultiplyAdd(q, u, Vector512.Create(1.52068805e-2f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(5.31011727e-2f));
        q = Vector512.FusedMultiplyAdd(q, u, Vector512.Create(1.15348240e-1f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(1.93540838e-1f));
        q = Vector512.FusedMultiplyAdd(q, u, Vector512.Create(5.04853659e-1f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(1.12837914f));
        q = Vector512.FusedMultiplyAdd(q, u, one);
        return Vector512.Min(Vector512.Max(x * p / q, -one), one);
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

    /// <summary>The first elements of a register, and others in place of the rest.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="count">How many are kept; all when there are fewer.</param>
    /// <param name="rest">What stands in the places of the others.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> First(Vector512<float> x, int count, Vector512<float> rest) =>
        Vector512.ConditionalSelect(Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle(), x, rest);

    /// <inheritdoc cref="First(Vector512{float}, int, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> First(Vector256<float> x, int count, Vector256<float> rest) =>
        Vector256.ConditionalSelect(Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle(), x, rest);

    /// <inheritdoc cref="First(Vector512{float}, int, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> First(Vector128<float> x, int count, Vector128<float> rest) =>
        Vector128.ConditionalSelect(Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle(), x, rest);

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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(Vector512<float> x) => MaxOf(Vector256.Max(x.GetLower(), x.GetUpper()));

    /// <inheritdoc cref="MaxOf(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(Vector256<float> x) => MaxOf(Vector128.Max(x.GetLower(), x.GetUpper()));

    /// <inheritdoc cref="MaxOf(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(Vector128<float> x)
    {
        x = Vector128.Max(x, Vector128.Shuffle(x, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(x, Vector128.Shuffle(x, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <summary>The sum of all elements.</summary>
    /// <param name="x">The vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumOf(Vector512<float> x) => SumOf(x.GetLower() + x.GetUpper());

    /// <inheritdoc cref="SumOf(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumOf(Vector256<float> x) => SumOf(x.GetLower() + x.GetUpper());

    /// <inheritdoc cref="SumOf(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SumOf(Vector128<float> x)
    {
        x += Vector128.Shuffle(x, Vector128.Create(2, 3, 0, 1));
        return (x + Vector128.Shuffle(x, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <summary>2^n for n from -126 to 127, by its bits.</summary>
    private static Vector512<float> PowerOfTwo(Vector512<int> n) => ((n + Vector512.Create(127)) << 23).AsSingle();

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
