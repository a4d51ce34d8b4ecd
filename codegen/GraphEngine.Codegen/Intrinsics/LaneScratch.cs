using System.Runtime.InteropServices;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>
/// Memory of a lane for tiles that never leave its cache. A lane is a thread of the accelerator; its memory is freed after it has ended.
/// </summary>
public static unsafe class LaneScratch
{
    private const int CacheLine = 64;

    [ThreadStatic]
    private static Block? _block;

    /// <summary>Scratch memory of this thread; what an earlier kernel left in it is undefined.</summary>
    /// <param name="floats">How many floats are needed.</param>
    /// <exception cref="OutOfMemoryException">There is not as much memory.</exception>
    public static float* Rent(int floats)
    {
        Block block = _block ??= new Block();
        if (block.Size < floats)
            block.Grow(floats);
        return block.Memory;
    }

    // Nothing tells a thread that it ends, but what only its thread statics refer to is then collected.
    private sealed class Block
    {
        public float* Memory { get; private set; }

        public int Size { get; private set; }

        ~Block() => NativeMemory.AlignedFree(Memory);

        public void Grow(int floats)
        {
            NativeMemory.AlignedFree(Memory);
            // Where there is no memory, nothing is rented that is not there.
            Memory = null;
            Size = 0;
            Memory = (float*)NativeMemory.AlignedAlloc((nuint)floats * sizeof(float), CacheLine);
            Size = floats;
        }
    }
}
