using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>
/// Runs SIMD kernels one after the other in a single launch of the CPU accelerator: lanes wait for each other by spinning between two kernels, which
/// takes about a microsecond, where a launch of its own wakes threads and takes 30 to 80. The meaning is that of launching them in order.
/// </summary>
public sealed class LaneSequence : IDisposable
{
    // A kernel argument cannot be an object, so the running sequence is found by number.
    private static readonly List<LaneSequence?> Registered = [];

    private readonly Action<int, int>[] _steps;
    private readonly long[] _finished;
    private readonly Action<AcceleratorStream, KernelConfig, int> _launch;
    private readonly KernelConfig _config;
    private readonly int _number;
    private readonly LaneBarrier _barrier;
    private Exception? _failure;
    private long _started;

    /// <summary>Creates a sequence.</summary>
    /// <param name="device">The CPU device.</param>
    /// <param name="steps">The work of one lane in each kernel, as (lane, lanes): what a <see cref="GraphEngine.Codegen.LaneBinder"/> returns.</param>
    public LaneSequence(Device device, IReadOnlyList<Action<int, int>> steps)
    {
        _steps = [.. steps];
        _finished = new long[_steps.Length];
        _config = new KernelConfig(device.Profile.Lanes / device.Profile.GroupSize, device.Profile.GroupSize);
        _barrier = new LaneBarrier(device.Profile.Lanes);
        Kernel kernel = device.Load(LaneSequenceKernel.Entry, device.Profile.GroupSize);
        _launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, int>>();
        lock (Registered)
        {
            _number = Registered.Count;
            Registered.Add(this);
        }
    }

    /// <summary>Runs all kernels, and returns when they are done.</summary>
    /// <param name="stream">A stream of the device.</param>
    public void Run(AcceleratorStream stream)
    {
        _failure = null;
        _started = Stopwatch.GetTimestamp();
        _launch(stream, _config, _number);
        stream.Synchronize();
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
    }

    /// <summary>How long a kernel took in the last run, until its last lane had finished.</summary>
    /// <param name="step">The position of the kernel.</param>
    public TimeSpan Duration(int step) => Stopwatch.GetElapsedTime(step == 0 ? _started : _finished[step - 1], _finished[step]);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Registered)
            Registered[_number] = null;
    }

    internal static void RunLane(int number, int lane, int lanes)
    {
        LaneSequence sequence;
        lock (Registered)
            sequence = Registered[number] ?? throw new ObjectDisposedException(nameof(LaneSequence));
        sequence.RunLane(lane, lanes);
    }

    private void RunLane(int lane, int lanes)
    {
        for (int i = 0; i < _steps.Length; i++)
        {
            try
            {
                if (_failure is null)
                    _steps[i](lane, lanes);
            }
            catch (Exception e)
            {
                // Kept for the caller: a lane that left here would let the others wait for ever.
                Interlocked.CompareExchange(ref _failure, e, null);
            }
            _barrier.Wait();
            if (lane == 0)
                _finished[i] = Stopwatch.GetTimestamp();
        }
    }
}
