using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GraphEngine.Tensors;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>
/// The functions that generated SIMD kernels call on registers. The 512-bit form is the definition; narrower registers are widened to it, and single
/// floats use the functions of <see cref="Device"/>, so that a value does not depend on the block it is computed in by more than rounding.
/// </summary>
public static unsafe partial class Simd
{
    /// <summary>Asks for a cache line that will be read soon; any address is allowed.</summary>
    /// <param name="address">The address.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>The group that an item belongs to; groups may be empty.</summary>
    /// <param name="pointers">Where the items of each group begin, and one more.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="item">The item.</param>
    public static int SegmentOf(int* pointers, int groups, int item)
    {
        // The last group that begins at the item or before it.
        int low = 0;
        while (groups > 1)
        {
            int half = groups / 2;
            if (pointers[low + half] <= item)
                low += half;
            groups -= half;
        }
        return low;
    }

    // Half of a usual last-level cache.
    private const long FarFloats = 4 << 20;

    /// <summary>True when a tensor is so large that its first rows have left the caches before its last ones are written.</summary>
    /// <param name="floats">Its size.</param>
    public static bool IsFar(long floats) => floats > FarFloats;

    /// <summary>Stores a register at a border of its own size, past the caches on demand. Other lanes see it once this one has executed an interlocked instruction.</summary>
    /// <param name="value">The register.</param>
    /// <param name="address">Where it goes.</param>
    /// <param name="far">True to leave the caches alone.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Vector512<float> value, float* address, bool far)
    {
        if (far)
            value.StoreAlignedNonTemporal(address);
        else
            value.Store(address);
    }

    /// <inheritdoc cref="Put(Vector512{float}, float*, bool)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Vector256<float> value, float* address, bool far)
    {
        if (far)
            value.StoreAlignedNonTemporal(address);
        else
            value.Store(address);
    }

    /// <inheritdoc cref="Put(Vector512{float}, float*, bool)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Vector128<float> value, float* address, bool far)
    {
        if (far)
            value.StoreAlignedNonTemporal(address);
        else
            value.Store(address);
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
    /// <param name="adds">True to add to what is there.</param>
    [MethodImpl(OneBody)]
    public static void Dots(float* a, float* rows, float* y, int width, int count, bool adds)
    {
        for (int j = 0; j < count; j++, rows += width)
        {
            Vector256<float> sum = Vector256<float>.Zero;
            int i = 0;
            for (; i + Vector256<float>.Count <= width; i += Vector256<float>.Count)
                sum = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(rows + i), sum);
            float dot = SumOf(sum);
            for (; i < width; i++)
                dot += a[i] * rows[i];
            y[j] = adds ? y[j] + dot : dot;
        }
    }

    /// <summary>Turns a matrix: what lies in a row of one lies in a column of the other.</summary>
    /// <param name="from">The matrix, row after row.</param>
    /// <param name="to">Receives its columns, one after the other.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    [MethodImpl(OneBody)]
    public static void Transpose(float* from, float* to, int rows, int columns)
    {
        int i = 0;
        for (; Sse.IsSupported && i + 4 <= rows; i += 4)
        {
            float* row = from + ((nint)i * columns), column = to + i;
            int j = 0;
            for (; j + 4 <= columns; j += 4, row += 4, column += 4 * (nint)rows)
            {
                Vector128<float> a = Vector128.Load(row), b = Vector128.Load(row + columns), c = Vector128.Load(row + (2 * columns)), d = Vector128.Load(row + (3 * columns));
                Vector128<float> ab = Sse.UnpackLow(a, b), cd = Sse.UnpackLow(c, d), abHigh = Sse.UnpackHigh(a, b), cdHigh = Sse.UnpackHigh(c, d);
                Sse.MoveLowToHigh(ab, cd).Store(column);
                Sse.MoveHighToLow(cd, ab).Store(column + rows);
                Sse.MoveLowToHigh(abHigh, cdHigh).Store(column + (2 * rows));
                Sse.MoveHighToLow(cdHigh, abHigh).Store(column + (3 * rows));
            }
            for (; j < columns; j++, row++, column += rows)
            {
                for (int k = 0; k < 4; k++)
                    column[k] = row[k * columns];
            }
        }
        for (; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                to[((nint)j * rows) + i] = from[((nint)i * columns) + j];
        }
    }

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

    /// <summary>One of two numbers, by the sign of a third, without a branch that random signs would mislead.</summary>
    /// <param name="x">The number that decides.</param>
    /// <param name="positive">The result where it is positive.</param>
    /// <param name="other">The result where it is not.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Select(float x, float positive, float other) => Vector128.ConditionalSelect(
        Vector128.GreaterThan(Vector128.CreateScalarUnsafe(x), Vector128<float>.Zero), Vector128.CreateScalarUnsafe(positive), Vector128.CreateScalarUnsafe(other)).ToScalar();

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
