using System.Runtime.InteropServices;
using ILGPU;

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

    /// <summary>Four equal floats.</summary>
    /// <param name="x">The float.</param>
    public static Float4 Of(float x) => new() { X = x, Y = x, Z = x, W = x };

    /// <summary>Reads four floats.</summary>
    /// <param name="view">The floats.</param>
    /// <param name="quad">The position, in fours.</param>
    public static Float4 Load(ArrayView<float> view, int quad) => view.Cast<Float4>()[quad];

    /// <summary>Writes four floats.</summary>
    /// <param name="view">The floats.</param>
    /// <param name="quad">The position, in fours.</param>
    /// <param name="value">The value.</param>
    public static void Store(ArrayView<float> view, int quad, Float4 value) => view.Cast<Float4>()[quad] = value;

    /// <summary>a + b</summary>
    /// <param name="a">First addend.</param>
    /// <param name="b">Second addend.</param>
    public static Float4 operator +(Float4 a, Float4 b) => new() { X = a.X + b.X, Y = a.Y + b.Y, Z = a.Z + b.Z, W = a.W + b.W };

    /// <summary>a - b</summary>
    /// <param name="a">The value subtracted from.</param>
    /// <param name="b">The value subtracted.</param>
    public static Float4 operator -(Float4 a, Float4 b) => new() { X = a.X - b.X, Y = a.Y - b.Y, Z = a.Z - b.Z, W = a.W - b.W };

    /// <summary>-a</summary>
    /// <param name="a">The value.</param>
    public static Float4 operator -(Float4 a) => new() { X = -a.X, Y = -a.Y, Z = -a.Z, W = -a.W };

    /// <summary>a * b</summary>
    /// <param name="a">First factor.</param>
    /// <param name="b">Second factor.</param>
    public static Float4 operator *(Float4 a, Float4 b) => new() { X = a.X * b.X, Y = a.Y * b.Y, Z = a.Z * b.Z, W = a.W * b.W };

    /// <summary>a / b</summary>
    /// <param name="a">The dividend.</param>
    /// <param name="b">The divisor.</param>
    public static Float4 operator /(Float4 a, Float4 b) => new() { X = a.X / b.X, Y = a.Y / b.Y, Z = a.Z / b.Z, W = a.W / b.W };
}
