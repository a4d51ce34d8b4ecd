using GraphEngine.Kernels;
using ILGPU;

namespace GraphEngine.Runtime;

/// <summary>Device memory for the temporaries of programs that never run at the same time: each of them finds there what another one left behind.</summary>
public sealed class Slab : IDisposable
{
    private readonly DeviceBuffer<float> _buffer;

    /// <summary>Allocates memory without clearing it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="bytes">The bytes that the greediest program needs.</param>
    public Slab(Device device, long bytes)
    {
        Bytes = bytes;
        _buffer = new DeviceBuffer<float>(device, Math.Max(1, bytes / sizeof(float)));
    }

    /// <summary>The bytes that programs can use.</summary>
    public long Bytes { get; }

    internal ArrayView<float> View(ArenaSlot slot) => _buffer.View.SubView(slot.Offset / sizeof(float), slot.Bytes / sizeof(float));

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
