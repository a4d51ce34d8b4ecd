using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphEngine.Codegen.Intrinsics;

/// <content>Numbers of several heads, side by side, of several rows.</content>
public static unsafe partial class Simd
{
    /// <summary>Matrices of heads, one below the other, as one matrix in which they lie side by side.</summary>
    /// <param name="from">The first matrix.</param>
    /// <param name="to">The result.</param>
    /// <param name="heads">How many.</param>
    /// <param name="rows">The rows of each.</param>
    /// <param name="columns">The columns of each.</param>
    [MethodImpl(OneBody)]
    public static void SideBySide(float* from, float* to, int heads, int rows, int columns)
    {
        for (int h = 0; h < heads; h++, to += columns)
        {
            float* row = to;
            for (int r = 0; r < rows; r++, from += columns, row += heads * columns)
            {
                int j = 0;
                for (; j + 4 <= columns; j += 4)
                    Vector128.Load(from + j).Store(row + j);
                for (; j < columns; j++)
                    row[j] = from[j];
            }
        }
    }

    /// <summary>The numbers of all heads at some rows, as many as a register holds.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="heads">Numbers of a row: a power of two from 2 to the width of the register.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Gather512(float* from, int* rows, int heads) => heads == 16
        ? Vector512.Load(from + ((nint)rows[0] * 16))
        : Vector512.Create(Gather256(from, rows, heads), Gather256(from, rows + (8 / heads), heads));

    /// <inheritdoc cref="Gather512(float*, int*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Gather256(float* from, int* rows, int heads) => heads == 8
        ? Vector256.Load(from + ((nint)rows[0] * 8))
        : Vector256.Create(Gather128(from, rows, heads), Gather128(from, rows + (4 / heads), heads));

    /// <inheritdoc cref="Gather512(float*, int*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Gather128(float* from, int* rows, int heads) => heads == 4
        ? Vector128.Load(from + ((nint)rows[0] * 4))
        : Vector128.Create(Pair(from, rows[0]), Pair(from, rows[1])).AsSingle();

    /// <summary>The numbers of all heads at one row, again and again.</summary>
    /// <param name="row">The row.</param>
    /// <param name="heads">Numbers of a row: a power of two from 2 to the width of the register.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Repeat512(float* row, int heads)
    {
        if (heads == 16)
            return Vector512.Load(row);
        Vector256<float> half = Repeat256(row, heads);
        return Vector512.Create(half, half);
    }

    /// <inheritdoc cref="Repeat512(float*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Repeat256(float* row, int heads)
    {
        if (heads == 8)
            return Vector256.Load(row);
        Vector128<float> half = Repeat128(row, heads);
        return Vector256.Create(half, half);
    }

    /// <inheritdoc cref="Repeat512(float*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Repeat128(float* row, int heads) => heads == 4 ? Vector128.Load(row) : Vector128.Create(Pair(row, 0)).AsSingle();

    /// <summary>The sum of both halves.</summary>
    /// <param name="x">The vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> SumOf256(Vector512<float> x) => x.GetLower() + x.GetUpper();

    /// <summary>The sum of all quarters.</summary>
    /// <param name="x">The vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SumOf128(Vector512<float> x) => SumOf128(SumOf256(x));

    /// <summary>The sum of both halves.</summary>
    /// <param name="x">The vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SumOf128(Vector256<float> x) => x.GetLower() + x.GetUpper();

    /// <summary>The maxima of both halves.</summary>
    /// <param name="x">The vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MaxOf256(Vector512<float> x) => Vector256.Max(x.GetLower(), x.GetUpper());

    /// <summary>The maxima of all quarters.</summary>
    /// <param name="x">The vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MaxOf128(Vector512<float> x) => MaxOf128(MaxOf256(x));

    /// <summary>The maxima of both halves.</summary>
    /// <param name="x">The vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MaxOf128(Vector256<float> x) => Vector128.Max(x.GetLower(), x.GetUpper());

    /// <summary>The sums of the elements of four vectors.</summary>
    /// <param name="a">The first vector.</param>
    /// <param name="b">The second one.</param>
    /// <param name="c">The third one.</param>
    /// <param name="d">The last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SumsOf(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) =>
        SumsOf(a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());

    /// <inheritdoc cref="SumsOf(Vector512{float}, Vector512{float}, Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SumsOf(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) =>
        SumsOf(a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());

    /// <inheritdoc cref="SumsOf(Vector512{float}, Vector512{float}, Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SumsOf(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) => Sse3.IsSupported
        ? Sse3.HorizontalAdd(Sse3.HorizontalAdd(a, b), Sse3.HorizontalAdd(c, d))
        : Vector128.Create(SumOf(a), SumOf(b), SumOf(c), SumOf(d));

    /// <summary>Two numbers as one.</summary>
    private static double Pair(float* from, int row) => *(double*)(from + ((nint)row * 2));
}
