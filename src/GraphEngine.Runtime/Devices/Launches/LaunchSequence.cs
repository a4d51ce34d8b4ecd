using System.Diagnostics;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GraphEngine.Runtime;

/// <summary>
/// Launches SIMT kernels one after the other. On CUDA the launches are recorded at the second run, and replayed from then on, where the driver can do
/// that.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="launches">The launches, in order.</param>
/// <param name="levels">The level of each: launches of one level do not wait for each other.</param>
internal sealed class LaunchSequence(Device device, IReadOnlyList<Action<AcceleratorStream>> launches, IReadOnlyList<int> levels) : IDisposable
{
    private CudaGraph? _graph;
    private bool _hasRun;
    private bool _isRefused;
    private bool _isDisposed;

    /// <summary>Enqueues all launches.</summary>
    /// <param name="stream">The stream they run in.</param>
    public void Run(AcceleratorStream stream)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_hasRun && !_isRefused && device.Accelerator is CudaAccelerator cuda)
        {
            _graph ??= Record(cuda);
            if (_graph is not null)
            {
                _graph.Run(stream);
                return;
            }
        }
        foreach (Action<AcceleratorStream> launch in launches)
            launch(stream);
        _hasRun = true;
    }

    /// <summary>Runs each launch alone.</summary>
    /// <param name="stream">The stream they run in.</param>
    /// <returns>The time of each in milliseconds.</returns>
    public double[] Profile(AcceleratorStream stream)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        double[] times = new double[launches.Count];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            launches[i](stream);
            stream.Synchronize();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return times;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (device.Running)
        {
            _isDisposed = true;
            // A closed device has freed it.
            if (!device.IsDisposed)
                _graph?.Dispose();
            _graph = null;
        }
    }

    /// <summary>The recording; null where the driver is too old for it, and launches are made one by one.</summary>
    private CudaGraph? Record(CudaAccelerator accelerator)
    {
        try
        {
            return new CudaGraph(accelerator, launches, levels);
        }
        catch (Exception e) when (e is InvalidOperationException or EntryPointNotFoundException or AcceleratorException)
        {
            _isRefused = true;
            return null;
        }
    }
}
