using System.Globalization;
using GraphEngine.Codegen;
using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>
/// Device memory that starts on a border of 256 bytes. GPUs give no other; the CPU device gets its memory from the C library, a few bytes past such a
/// border, where every wide load would touch two cache lines and every row one line more than it has.
/// </summary>
/// <typeparam name="T">Floats or integers.</typeparam>
internal sealed class DeviceBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Alignment = 256;

    private readonly Device _device;
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _buffer;

    /// <summary>Allocates memory without clearing it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="length">The number of elements.</param>
    /// <exception cref="ObjectDisposedException">The device is closed.</exception>
    /// <exception cref="InsufficientMemoryException">The device refuses.</exception>
    public unsafe DeviceBuffer(Device device, long length)
    {
        _device = device;
        device.RequireOpen();
        bool isCpu = device.Profile.Kind == DeviceKind.Cpu;
        try
        {
            _buffer = device.Accelerator.Allocate1D<T>(length + (isCpu ? Alignment / sizeof(T) : 0));
        }
        catch (Exception e) when (e is AcceleratorException or OutOfMemoryException)
        {
            string size = (length * sizeof(T) * 1e-9).ToString("F2", CultureInfo.InvariantCulture);
            throw new InsufficientMemoryException(
                $"{device.Id} gives no {size} GB more: {e.Message.TrimEnd('.')}. "
                + "Another program may hold its memory; let that one end, or use a smaller model or another device.", e);
        }
        LargePages.Prefer(_buffer, device);
        long past = isCpu ? _buffer.NativePtr % Alignment : 0;
        View = _buffer.View.SubView(past == 0 ? 0 : (Alignment - past) / sizeof(T), length);
    }

    /// <summary>All elements.</summary>
    public ArrayView<T> View { get; }

    /// <summary>The bytes of all elements.</summary>
    public long Bytes => View.LengthInBytes;

    /// <inheritdoc/>
    public void Dispose()
    {
        // Whatever runs may still read it.
        lock (_device.Running)
            _buffer.Dispose();
    }
}
