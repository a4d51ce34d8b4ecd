using System.Runtime.InteropServices;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>
/// Four floats that move as one: a view cast to this type is read and written by 128-bit instructions. The address of every element must be a
/// multiple of 16 bytes.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct Float4
{
    /// <summary>The first float.</summary>
    public float X;

    /// <summary>The second float.</summary>
    public float Y;

    /// <summary>The third float.</summary>
    public float Z;

    /// <summary>The fourth float.</summary>
    public float W;
}
