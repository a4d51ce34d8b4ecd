using System.Runtime.Intrinsics;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>
/// Additions to memory that several lanes write. No kernel needs them unless sums are asked for edge by edge: their order, and so the last bits, is
/// left to chance.
/// </summary>
public static unsafe class LaneAtomics
{
    /// <summary>Adds to a number that other lanes may add to at the same time.</summary>
    /// <param name="address">The number.</param>
    /// <param name="x">What is added.</param>
    public static void Add(float* address, float x)
    {
        int known, sum;
        do
        {
            known = *(int*)address;
            sum = BitConverter.SingleToInt32Bits(BitConverter.Int32BitsToSingle(known) + x);
        }
        while (Interlocked.CompareExchange(ref *(int*)address, sum, known) != known);
    }

    /// <inheritdoc cref="Add(float*, float)"/>
    public static void Add(float* address, Vector512<float> x)
    {
        for (int i = 0; i < Vector512<float>.Count; i++)
            Add(address + i, x[i]);
    }

    /// <inheritdoc cref="Add(float*, float)"/>
    public static void Add(float* address, Vector256<float> x)
    {
        for (int i = 0; i < Vector256<float>.Count; i++)
            Add(address + i, x[i]);
    }

    /// <inheritdoc cref="Add(float*, float)"/>
    public static void Add(float* address, Vector128<float> x)
    {
        for (int i = 0; i < Vector128<float>.Count; i++)
            Add(address + i, x[i]);
    }
}
