using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphEngine.Codegen.Intrinsics;

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

    // Half of a usual last-level cache.
    private const long FarFloats = 4 << 20;

    /// <summary>True when a tensor is so large that its first rows have left the caches before its last ones are written.</summary>
    /// <param name="floats">Its size.</param>
    public static bool IsFar(long floats) => floats > FarFloats;

    /// <summary>
    /// Stores a register at a border of its own size, past the caches on demand. Other lanes see it once this one has executed an interlocked
    /// instruction.
    /// </summary>
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
}
