using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GraphEngine.Codegen.Intrinsics;

public static unsafe partial class Simd
{
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
}
