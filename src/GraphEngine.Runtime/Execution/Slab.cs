using GraphEngine.Kernels;
using ILGPU;

namespace GraphEngine.Runtime;

/// <summary>
/// Device memory for the temporaries of programs that never run at the same time: each of them finds there what another one left behind. Safe to
/// dispose from any thread; a run that is on ends first.
/// </summary>
public sealed class Slab : IDisposable
{
    private readonly DeviceBuffer<float> _buffer;
    private bool _isDisposed;

    /// <summary>Allocates memory without clearing it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="bytes">The bytes that the greediest program needs.</param>
    /// <exception cref="ObjectDisposedException">The device is closed.</exception>
    /// <exception cref="InsufficientMemoryException">The device has less memory free.</exception>
    public Slab(Device device, long bytes)
    {
        Device = device;
        Bytes = bytes;
        _buffer = new DeviceBuffer<float>(device, Math.Max(1, bytes / sizeof(float)));
    }

    /// <summary>The bytes that programs can use.</summary>
    public long Bytes { get; }

    internal Device Device { get; }

    /// <summary>Refuses memory that was given back.</summary>
    internal void RequireUsable() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    internal ArrayView<float> View(ArenaSlot slot) => _buffer.View.SubView(slot.Offset / sizeof(float), slot.Bytes / sizeof(float));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Device.Running)
        {
            _isDisposed = true;
            _buffer.Dispose();
        }
    }
}
