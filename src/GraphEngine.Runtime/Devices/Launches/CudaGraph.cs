using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GraphEngine.Runtime;

/// <summary>
/// Launches recorded once and replayed by one call of the driver: a launch costs the processor several microseconds, more than many kernels run.
/// Kernels of one level do not wait for each other, and are recorded side by side.
/// </summary>
internal sealed class CudaGraph : IDisposable
{
    // Kernels that leave much of a GPU idle are short; more of them at a time would not end sooner.
    private const int MostAtATime = 4;

    private readonly CudaAccelerator _accelerator;
    private readonly IntPtr _executable;

    /// <summary>Records launches; nothing runs.</summary>
    /// <param name="accelerator">The GPU.</param>
    /// <param name="launches">The launches, each of which has run before: the driver loads kernels when they are first launched.</param>
    /// <param name="levels">The level of each launch, in ascending order.</param>
    /// <exception cref="InvalidOperationException">The driver refuses to record.</exception>
    /// <exception cref="AcceleratorException">The driver gives no streams, or refuses a launch while it records.</exception>
    /// <exception cref="EntryPointNotFoundException">The driver is too old.</exception>
    public CudaGraph(CudaAccelerator accelerator, IReadOnlyList<Action<AcceleratorStream>> launches, IReadOnlyList<int> levels)
    {
        _accelerator = accelerator;
        using ScopedAcceleratorBinding binding = accelerator.BindScoped();
        List<CudaStream> streams = [];
        IntPtr signal = IntPtr.Zero;
        try
        {
            for (int i = 0; i < MostAtATime; i++)
                streams.Add((CudaStream)accelerator.CreateStream());
            signal = CudaDriver.CreateEvent();
            _executable = Record(launches, levels, streams, signal);
        }
        finally
        {
            if (signal != IntPtr.Zero)
                CudaDriver.FreeEvent(signal);
            foreach (CudaStream stream in streams)
                stream.Dispose();
        }
    }

    /// <summary>Enqueues all launches.</summary>
    /// <param name="stream">The stream that waits for them.</param>
    /// <exception cref="KernelFailedException">A kernel failed on the device.</exception>
    public void Run(AcceleratorStream stream)
    {
        using ScopedAcceleratorBinding binding = _accelerator.BindScoped();
        CudaDriver.Launch(_executable, ((CudaStream)stream).StreamPtr);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using ScopedAcceleratorBinding binding = _accelerator.BindScoped();
        CudaDriver.Free(_executable);
    }

    private static IntPtr Record(IReadOnlyList<Action<AcceleratorStream>> launches, IReadOnlyList<int> levels, List<CudaStream> streams, IntPtr signal)
    {
        CudaDriver.BeginCapture(streams[0].StreamPtr);
        try
        {
            foreach (IGrouping<int, Action<AcceleratorStream>> level in launches.Zip(levels).GroupBy(l => l.Second, l => l.First))
                RecordLevel([.. level], streams, signal);
        }
        catch
        {
            // Otherwise this thread would go on recording, and the driver refuse it all memory.
            CudaDriver.AbandonCapture(streams[0].StreamPtr);
            throw;
        }
        return CudaDriver.EndCapture(streams[0].StreamPtr);
    }

    private static void RecordLevel(Action<AcceleratorStream>[] launches, List<CudaStream> streams, IntPtr signal)
    {
        int used = Math.Min(launches.Length, streams.Count);
        for (int s = 1; s < used; s++)
            CudaDriver.Wait(streams[s].StreamPtr, streams[0].StreamPtr, signal);
        for (int i = 0; i < launches.Length; i++)
            launches[i](streams[i % streams.Count]);
        for (int s = 1; s < used; s++)
            CudaDriver.Wait(streams[0].StreamPtr, streams[s].StreamPtr, signal);
    }
}
