using System.Runtime.InteropServices;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>Memory of a lane for tiles that never leave its cache. A lane is a thread of the accelerator and lives as long as it.</summary>
public static unsafe class LaneScratch
{
    private const int CacheLine = 64;

    [ThreadStatic]
    private static float* _memory;

    [ThreadStatic]
    private static int _size;

    /// <summary>Scratch memory of this thread; what an earlier kernel left in it is undefined.</summary>
    /// <param name="floats">How many floats are needed.</param>
    public static float* Rent(int floats)
    {
        if (_size < floats)
        {
            NativeMemory.AlignedFree(_memory);
            // Where there is no memory, nothing is rented that is not there.
            _memory = null;
            _size = 0;
            _memory = (float*)NativeMemory.AlignedAlloc((nuint)floats * sizeof(float), CacheLine);
            _size = floats;
        }
        return _memory;
    }
}
