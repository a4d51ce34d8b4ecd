using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphEngine.Codegen.Intrinsics;

/// <content>
/// Elementwise functions of numbers. A single number goes through the function of registers: a row's last columns are computed one by one in some
/// loops and in registers in others, and the same number has to come out.
/// </content>
public static unsafe partial class Simd
{
    // Inlined into the body of a large kernel the longest of these functions exhaust what the JIT inlines, and their parts become calls.
    private const MethodImplOptions OneBody = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>
    /// The exponential function: 2^n e^r with r in half a logarithm of two around zero, e^r by the polynomial of Moshier's Cephes library (expf).
    /// </summary>
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
    public static float Exp(float x) => Exp(Vector128.CreateScalar(x)).ToScalar();

    /// <summary>The natural logarithm.</summary>
    /// <param name="x">The argument.</param>
    [MethodImpl(OneBody)]
    public static Vector512<float> Log(Vector512<float> x) => Vector512.Log(x);

    /// <inheritdoc cref="Log(Vector512{float})"/>
    public static Vector256<float> Log(Vector256<float> x) => Log(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Log(Vector512{float})"/>
    public static Vector128<float> Log(Vector128<float> x) => Log(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Log(Vector512{float})"/>
    public static float Log(float x) => Log(Vector128.CreateScalar(x)).ToScalar();

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
    public static float Cos(float x) => Cos(Vector128.CreateScalar(x)).ToScalar();

    /// <summary>The sine.</summary>
    /// <param name="x">The argument.</param>
    [MethodImpl(OneBody)]
    public static Vector512<float> Sin(Vector512<float> x) => Vector512.Sin(x);

    /// <inheritdoc cref="Sin(Vector512{float})"/>
    public static Vector256<float> Sin(Vector256<float> x) => Sin(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Sin(Vector512{float})"/>
    public static Vector128<float> Sin(Vector128<float> x) => Sin(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Sin(Vector512{float})"/>
    public static float Sin(float x) => Sin(Vector128.CreateScalar(x)).ToScalar();

    /// <summary>The logistic function.</summary>
    /// <param name="x">The argument.</param>
    [MethodImpl(OneBody)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    /// <inheritdoc cref="Sigmoid(Vector512{float})"/>
    public static Vector256<float> Sigmoid(Vector256<float> x) => Sigmoid(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Sigmoid(Vector512{float})"/>
    public static Vector128<float> Sigmoid(Vector128<float> x) => Sigmoid(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Sigmoid(Vector512{float})"/>
    public static float Sigmoid(float x) => Sigmoid(Vector128.CreateScalar(x)).ToScalar();

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
    public static float Tanh(float x) => Tanh(Vector128.CreateScalar(x)).ToScalar();

    /// <summary>log(1 + e^x) without overflow, and without the loss of digits where e^x is small (<see cref="Device.Log1p"/>).</summary>
    /// <param name="x">The argument.</param>
    [MethodImpl(OneBody)]
    public static Vector512<float> Softplus(Vector512<float> x)
    {
        Vector512<float> small = Exp(-Vector512.Abs(x)), shifted = Vector512<float>.One + small;
        Vector512<float> quotient = Log(shifted) * (small / (shifted - Vector512<float>.One));
        return Vector512.Max(x, Vector512<float>.Zero) + Vector512.ConditionalSelect(Vector512.Equals(shifted, Vector512<float>.One), small, quotient);
    }

    /// <inheritdoc cref="Softplus(Vector512{float})"/>
    public static Vector256<float> Softplus(Vector256<float> x) => Softplus(x.ToVector512()).GetLower();

    /// <inheritdoc cref="Softplus(Vector512{float})"/>
    public static Vector128<float> Softplus(Vector128<float> x) => Softplus(x.ToVector256()).GetLower();

    /// <inheritdoc cref="Softplus(Vector512{float})"/>
    public static float Softplus(float x) => Softplus(Vector128.CreateScalar(x)).ToScalar();

    /// <summary>
    /// The error function as x P(x^2) / Q(x^2), a least-squares fit of the relative error (4e-7 at most in single precision) up to 4, from where on
    /// it is 1 to the last bit.
    /// </summary>
    /// <param name="x">The argument.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
    public static float Erf(float x) => Erf(Vector128.CreateScalar(x)).ToScalar();

    /// <summary>2^n for n from -126 to 127, by its bits.</summary>
    private static Vector512<float> PowerOfTwo(Vector512<int> n) => ((n + Vector512.Create(127)) << 23).AsSingle();
}
