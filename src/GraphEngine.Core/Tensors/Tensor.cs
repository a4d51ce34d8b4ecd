using System.Runtime.InteropServices;

namespace GraphEngine.Tensors;

/// <summary>A named dense tensor on the host: little-endian elements in row-major order, as a safetensors file holds them.</summary>
public sealed record Tensor
{
    /// <summary>Creates a tensor from its raw bytes.</summary>
    /// <param name="name">Unique within a file.</param>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The size of each axis; empty for a scalar.</param>
    /// <param name="bytes">The elements; kept, not copied.</param>
    /// <exception cref="ArgumentException">A size is negative, or the shape and the number of bytes disagree.</exception>
    public Tensor(string name, ElementType type, IReadOnlyList<long> shape, byte[] bytes)
    {
        foreach (long size in shape)
        {
            if (size < 0)
                throw new ArgumentException($"The tensor '{name}' has an axis of size {size}; a size cannot be negative.", nameof(shape));
        }
        if (ByteCount(type, shape) is var expected && expected != bytes.Length)
        {
            throw new ArgumentException(
                $"The tensor '{name}' of type {type} and shape [{string.Join(", ", shape)}] takes {expected} bytes, but {bytes.Length} were given.",
                nameof(bytes));
        }
        Name = name;
        Type = type;
        Shape = shape;
        Bytes = bytes;
    }

    /// <summary>Its name, unique within a file.</summary>
    public string Name { get; }

    /// <summary>The element type.</summary>
    public ElementType Type { get; }

    /// <summary>The size of each axis; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The elements, little-endian, row-major.</summary>
    public byte[] Bytes { get; }

    /// <summary>The number of elements.</summary>
    public int Count => Bytes.Length / SizeOf(Type);

    /// <summary>A float32 tensor; the values are copied.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="shape">The size of each axis; one axis when left out.</param>
    public static Tensor Of(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) => Of(name, ElementType.F32, values, shape);

    /// <summary>A float64 tensor; the values are copied.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="shape">The size of each axis; one axis when left out.</param>
    public static Tensor Of(string name, ReadOnlySpan<double> values, params ReadOnlySpan<long> shape) => Of(name, ElementType.F64, values, shape);

    /// <summary>An int64 tensor; the values are copied.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="shape">The size of each axis; one axis when left out.</param>
    public static Tensor Of(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> shape) => Of(name, ElementType.I64, values, shape);

    /// <summary>An int32 tensor; the values are copied.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="shape">The size of each axis; one axis when left out.</param>
    public static Tensor Of(string name, ReadOnlySpan<int> values, params ReadOnlySpan<long> shape) => Of(name, ElementType.I32, values, shape);

    /// <summary>A tensor of bytes; the values are copied.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="shape">The size of each axis; one axis when left out.</param>
    public static Tensor Of(string name, ReadOnlySpan<byte> values, params ReadOnlySpan<long> shape) => Of(name, ElementType.U8, values, shape);

    /// <summary>The elements of a floating-point tensor as float32.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds integers.</exception>
    public float[] ToFloats() => Type switch
    {
        ElementType.F32 => Elements<float>().ToArray(),
        ElementType.F64 => Array.ConvertAll(Elements<double>().ToArray(), v => (float)v),
        _ => throw new InvalidOperationException($"The tensor '{Name}' holds {Type}, not floating-point numbers."),
    };

    /// <summary>The elements of an integer tensor as int64.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds floating-point numbers.</exception>
    public long[] ToLongs() => Type switch
    {
        ElementType.I64 => Elements<long>().ToArray(),
        ElementType.I32 => Array.ConvertAll(Elements<int>().ToArray(), v => (long)v),
        ElementType.U8 => Array.ConvertAll(Bytes, v => (long)v),
        _ => throw new InvalidOperationException($"The tensor '{Name}' holds {Type}, not integers."),
    };

    /// <summary>The elements of an integer tensor as int32.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds floating-point numbers.</exception>
    /// <exception cref="OverflowException">An element does not fit.</exception>
    public int[] ToInts() => Type == ElementType.I32 ? Elements<int>().ToArray() : Array.ConvertAll(ToLongs(), v => checked((int)v));

    /// <summary>The bytes of one element.</summary>
    /// <param name="type">The element type.</param>
    public static int SizeOf(ElementType type) => type switch
    {
        ElementType.F64 or ElementType.I64 => 8,
        ElementType.F32 or ElementType.I32 => 4,
        _ => 1,
    };

    /// <summary>The bytes a tensor takes, capped at the largest int64: sizes from a damaged file may overflow any product.</summary>
    internal static Int128 ByteCount(ElementType type, IReadOnlyList<long> shape)
    {
        if (shape.Contains(0))
            return 0;
        Int128 bytes = SizeOf(type);
        foreach (long size in shape)
            bytes = Int128.Min(bytes * size, long.MaxValue);
        return bytes;
    }

    private static Tensor Of<T>(string name, ElementType type, ReadOnlySpan<T> values, ReadOnlySpan<long> shape)
        where T : unmanaged => new(name, type, shape.IsEmpty ? [values.Length] : shape.ToArray(), MemoryMarshal.AsBytes(values).ToArray());

    private ReadOnlySpan<T> Elements<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);
}
