using GraphEngine.Ir;
using GraphEngine.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>
/// The persistent tensors of one or more programs on a device: inputs, parameters and states, by name. May be used from any thread: what it reads or
/// writes waits for the run that is on.
/// </summary>
/// <param name="topology">Gives the number of rows of each.</param>
/// <param name="device">The device.</param>
public sealed class TensorStore(Topology topology, Device device) : IDisposable
{
    private const int BlockElements = 1 << 20;

    // Vectors may be read where a tensor has fewer elements.
    private const int MinimumLength = 64;

    private readonly Dictionary<string, (Op.Leaf Leaf, DeviceBuffer<float> Buffer)> _tensors = new(StringComparer.Ordinal);
    private bool _isDisposed;

    /// <summary>The leaves stored, in the order they were first used.</summary>
    public IEnumerable<Op.Leaf> Leaves
    {
        get
        {
            lock (device.Running)
                return [.. _tensors.Values.Select(t => t.Leaf)];
        }
    }

    /// <summary>The bytes of all tensors.</summary>
    public long Bytes
    {
        get
        {
            lock (device.Running)
                return _tensors.Values.Sum(t => t.Buffer.Bytes);
        }
    }

    internal Device Device => device;

    /// <summary>Makes room for a leaf, filled with zeros; a leaf already stored stays as it is.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <returns>True when it is new.</returns>
    /// <exception cref="IrException">Another leaf has that name.</exception>
    /// <exception cref="InsufficientMemoryException">The device has less memory free.</exception>
    /// <exception cref="ObjectDisposedException">The store or its device was disposed.</exception>
    public bool Add(Op.Leaf leaf)
    {
        lock (device.Running)
        {
            RequireUsable();
            if (_tensors.TryGetValue(leaf.Name, out (Op.Leaf Leaf, DeviceBuffer<float>) known))
            {
                return known.Leaf.Type == leaf.Type
                    ? false
                    : throw new IrException($"The tensor '{leaf.Name}' is stored as {known.Leaf.Type}, but a program wants {leaf.Type}.");
            }
            DeviceBuffer<float> buffer = new(device, Math.Max(MinimumLength, Length(leaf)));
            buffer.View.MemSetToZero(device.Accelerator.DefaultStream);
            _tensors[leaf.Name] = (leaf, buffer);
            return true;
        }
    }

    /// <summary>The bytes that a tensor takes.</summary>
    /// <param name="length">Its elements.</param>
    public static long BytesOf(long length) => Math.Max(MinimumLength, length) * sizeof(float);

    /// <summary>The number of elements of a leaf.</summary>
    /// <param name="leaf">The leaf.</param>
    public long Length(Op.Leaf leaf) => (long)topology.Count(leaf.Type.Space) * leaf.Type.Row.Size;

    /// <summary>True when a tensor of that name is stored.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name)
    {
        lock (device.Running)
            return _tensors.ContainsKey(name);
    }

    /// <summary>Copies values to the device.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="values">All its elements, row-major.</param>
    /// <exception cref="ArgumentException">The tensor is unknown or has another number of elements.</exception>
    /// <exception cref="ObjectDisposedException">The store or its device was disposed.</exception>
    public void Write(string name, ReadOnlySpan<float> values)
    {
        lock (device.Running)
        {
            (Op.Leaf leaf, DeviceBuffer<float> buffer) = Find(name);
            if (values.Length != Length(leaf))
                throw new ArgumentException($"The tensor '{name}' of type {leaf.Type} has {Length(leaf)} elements, but {values.Length} were given.", nameof(values));
            if (values.Length > 0)
                buffer.View.SubView(0, values.Length).CopyFromCPU(device.Accelerator.DefaultStream, values);
            device.Synchronize();
        }
    }

    /// <summary>Gives a tensor its first values, a block at a time: the process never holds all of a large one.</summary>
    /// <param name="leaf">The tensor, with the initializer to use.</param>
    /// <param name="seed">The run's seed.</param>
    /// <exception cref="ArgumentException">The tensor is unknown.</exception>
    /// <exception cref="ObjectDisposedException">The store or its device was disposed.</exception>
    public void Initialize(Op.Leaf leaf, int seed)
    {
        lock (device.Running)
        {
            (Op.Leaf known, DeviceBuffer<float> buffer) = Find(leaf.Name);
            long length = Length(known);
            float[] block = new float[Math.Min(length, BlockElements)];
            for (long first = 0; first < length; first += block.Length)
            {
                Span<float> values = block.AsSpan(0, (int)Math.Min(block.Length, length - first));
                Initialization.Fill(leaf, seed, (uint)first, values);
                buffer.View.SubView(first, values.Length).CopyFromCPU(device.Accelerator.DefaultStream, values);
                device.Synchronize();
            }
        }
    }

    /// <summary>Copies values from the device; waits for what is running.</summary>
    /// <param name="name">The tensor.</param>
    /// <exception cref="ArgumentException">The tensor is unknown.</exception>
    /// <exception cref="ObjectDisposedException">The store or its device was disposed.</exception>
    public float[] Read(string name)
    {
        lock (device.Running)
        {
            float[] values = new float[Length(Find(name).Leaf)];
            Read(name, values);
            return values;
        }
    }

    /// <summary>Copies values from the device to an array that is there already; waits for what is running.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="values">Receives all its elements, row-major.</param>
    /// <exception cref="ArgumentException">The tensor is unknown or has another number of elements.</exception>
    /// <exception cref="ObjectDisposedException">The store or its device was disposed.</exception>
    public void Read(string name, Span<float> values)
    {
        lock (device.Running)
        {
            (Op.Leaf leaf, DeviceBuffer<float> buffer) = Find(name);
            if (values.Length != Length(leaf))
                throw new ArgumentException($"The tensor '{name}' of type {leaf.Type} has {Length(leaf)} elements, but there is room for {values.Length}.", nameof(values));
            if (values.Length > 0)
                buffer.View.SubView(0, values.Length).CopyToCPU(device.Accelerator.DefaultStream, values);
            device.Synchronize();
        }
    }

    /// <summary>The rows of a space on the graph that the store was made for; none of a space that it does not have.</summary>
    internal int RowsOf(Space space) => topology.Has(space) ? topology.Count(space) : 0;

    /// <summary>Refuses a store that was disposed, or whose device was.</summary>
    internal void RequireUsable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        device.RequireOpen();
    }

    internal ArrayView<float> View(string name)
    {
        lock (device.Running)
            return Find(name).Buffer.View;
    }

    /// <summary>Gives the memory back, after the run that is on.</summary>
    public void Dispose()
    {
        lock (device.Running)
        {
            _isDisposed = true;
            foreach ((_, DeviceBuffer<float> buffer) in _tensors.Values)
                buffer.Dispose();
            _tensors.Clear();
        }
    }

    private (Op.Leaf Leaf, DeviceBuffer<float> Buffer) Find(string name)
    {
        RequireUsable();
        return _tensors.TryGetValue(name, out var tensor)
            ? tensor
            : throw new ArgumentException($"There is no tensor '{name}'; stored are {string.Join(", ", _tensors.Keys)}.", nameof(name));
    }
}
