using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>
/// The functions that generated SIMD kernels call on registers. The 512-bit form is the definition; narrower registers, single floats among them, are
/// widened to it, so that a value does not depend on the block it is computed in by more than rounding.
/// </summary>
public static unsafe partial class Simd
{
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
}
