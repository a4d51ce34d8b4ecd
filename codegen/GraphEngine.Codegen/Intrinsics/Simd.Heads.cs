using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GraphEngine.Codegen.Intrinsics;

/// <content>Numbers of several heads, side by side, of several rows.</content>
public static unsafe partial class Simd
{
    /// <summary>The numbers of all heads at some rows, as many as a register holds.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="heads">Numbers of a row: 2, 4, 8 or 16.</param>
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
    /// <param name="heads">Numbers of a row: 2, 4, 8 or 16.</param>
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

    /// <summary>Two numbers as one.</summary>
    private static double Pair(float* from, int row) => *(double*)(from + ((nint)row * 2));
}
