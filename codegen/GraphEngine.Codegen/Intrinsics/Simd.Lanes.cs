using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GraphEngine.Tensors;

namespace GraphEngine.Codegen.Intrinsics;

public static unsafe partial class Simd
{
    /// <summary>Some columns of a unit vector.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="column">The column that is 1.</param>
    public static Vector512<float> OneHot512(int first, int column) => Vector512.ConditionalSelect(
        Vector512.Equals(Vector512<int>.Indices, Vector512.Create(column - first)).AsSingle(), Vector512<float>.One, Vector512<float>.Zero);

    /// <inheritdoc cref="OneHot512(int, int)"/>
    public static Vector256<float> OneHot256(int first, int column) => OneHot512(first, column).GetLower();

    /// <inheritdoc cref="OneHot512(int, int)"/>
    public static Vector128<float> OneHot128(int first, int column) => OneHot256(first, column).GetLower();

    /// <summary>One element of a register, and zeros in place of the rest.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="index">The element that is kept; none when there is no such one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Only(Vector512<float> x, int index) =>
        Vector512.ConditionalSelect(Vector512.Equals(Vector512<int>.Indices, Vector512.Create(index)).AsSingle(), x, Vector512<float>.Zero);

    /// <inheritdoc cref="Only(Vector512{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Only(Vector256<float> x, int index) =>
        Vector256.ConditionalSelect(Vector256.Equals(Vector256<int>.Indices, Vector256.Create(index)).AsSingle(), x, Vector256<float>.Zero);

    /// <inheritdoc cref="Only(Vector512{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Only(Vector128<float> x, int index) =>
        Vector128.ConditionalSelect(Vector128.Equals(Vector128<int>.Indices, Vector128.Create(index)).AsSingle(), x, Vector128<float>.Zero);

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

    /// <summary>One of two numbers, by the sign of a third, without a branch that random signs would mislead.</summary>
    /// <param name="x">The number that decides.</param>
    /// <param name="positive">The result where it is positive.</param>
    /// <param name="other">The result where it is not.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Select(float x, float positive, float other) => Vector128.ConditionalSelect(
        Vector128.GreaterThan(Vector128.CreateScalarUnsafe(x), Vector128<float>.Zero), Vector128.CreateScalarUnsafe(positive), Vector128.CreateScalarUnsafe(other)).ToScalar();

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
