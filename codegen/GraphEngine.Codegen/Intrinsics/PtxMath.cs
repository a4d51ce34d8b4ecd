using ILGPU;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>
/// What <see cref="Device"/>'s functions are on CUDA, in C#: the hardware's own exp, log, sin and cos are too coarse away from zero. Built from
/// textbook argument reduction and series only.
/// </summary>
internal static class PtxMath
{
    private const float Log2E = 1.44269502f;
    private const float Log2ERest = 1.92596303e-8f;
    private const float Ln2 = 0.693147182f;
    private const float Ln2Rest = -1.90465421e-9f;
    private const float HalfPi = 1.57079637f;
    private const float HalfPiRest = -4.37113883e-8f;
    private const float HalfPiRest2 = -1.71512e-15f;

    /// <summary>Adding and subtracting 1.5 x 2^23 rounds a float to an integer.</summary>
    private const float Rounder = 12582912f;

    private const uint SqrtHalfBits = 0x3F3504F3u;

    /// <summary>e^x = 2^h (1 + l ln 2), where h is x log2(e) as a float and l what its rounding dropped.</summary>
    public static float Exp(float x)
    {
        float high = x * Log2E;
        float low = Device.Fma(x, Log2ERest, Device.Fma(x, Log2E, -high));
        float scale = Device.Exp2(high);
        // Where 2^h is zero or infinite, l means nothing and may be NaN.
        float corrected = Device.Fma(scale, low * Ln2, scale);
        return IntrinsicMath.Abs(high) < 127.5f ? corrected : scale;
    }

    /// <summary>log x = e ln 2 + 2 artanh((m - 1) / (m + 1)) for x = m 2^e with m in [sqrt 1/2, sqrt 2).</summary>
    public static float Log(float x)
    {
        bool tiny = x < 1.17549435e-38f;
        uint bits = Interop.FloatAsInt(tiny ? x * 8388608f : x) - SqrtHalfBits;
        float exponent = ((int)bits >> 23) - (tiny ? 23 : 0);
        float m = Interop.IntAsFloat((bits & 0x007FFFFFu) + SqrtHalfBits);

        float s = (m - 1f) / (m + 1f);
        float z = s * s;
        float series = Device.Fma(z, 1f / 9f, 1f / 7f);
        series = Device.Fma(z, series, 1f / 5f);
        series = Device.Fma(z, series, 1f / 3f);
        float fraction = Device.Fma(2f * s * z, series, 2f * s);

        float result = Device.Fma(exponent, Ln2, Device.Fma(exponent, Ln2Rest, fraction));
        result = x < float.PositiveInfinity ? result : x;
        result = x < 0f ? float.NaN : result;
        return x == 0f ? float.NegativeInfinity : result;
    }

    /// <summary>The sine: reduced to an eighth of a turn, then a Taylor polynomial.</summary>
    public static float Sin(float x)
    {
        float turns = QuarterTurns(x);
        return Quadrant(x, turns, (int)turns);
    }

    /// <summary>The cosine: the sine a quarter turn ahead.</summary>
    public static float Cos(float x)
    {
        float turns = QuarterTurns(x);
        return Quadrant(x, turns, (int)turns + 1);
    }

    private static float QuarterTurns(float x) => Device.Fma(x, 0.636619747f, Rounder) - Rounder;

    private static float Quadrant(float x, float turns, int quadrant)
    {
        float r = Device.Fma(-turns, HalfPi, x);
        r = Device.Fma(-turns, HalfPiRest, r);
        r = Device.Fma(-turns, HalfPiRest2, r);
        float z = r * r;
        float sine = Device.Fma(z, 1f / 362880f, -1f / 5040f);
        sine = Device.Fma(z, sine, 1f / 120f);
        sine = Device.Fma(z, sine, -1f / 6f);
        sine = Device.Fma(r * z, sine, r);
        float cosine = Device.Fma(z, 1f / 40320f, -1f / 720f);
        cosine = Device.Fma(z, cosine, 1f / 24f);
        cosine = Device.Fma(z, cosine, -0.5f);
        cosine = Device.Fma(z, cosine, 1f);
        float value = (quadrant & 1) != 0 ? cosine : sine;
        return (quadrant & 2) != 0 ? -value : value;
    }
}
