using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>
/// Runs SIMD kernels one after the other in a single launch of the CPU accelerator: lanes wait for each other by spinning where a kernel needs what an earlier
/// one makes, which takes about a microsecond, where a launch of its own wakes threads and takes 30 to 80. The meaning is that of launching them in order.
/// </summary>
public sealed class LaneSequence : IDisposable
{
    // A kernel argument cannot be an object, so the running sequence is found by number.
    private static readonly List<LaneSequence?> Registered = [];

    private static readonly long ShortestTime = Math.Max(1, Stopwatch.Frequency / TimeSpan.TicksPerSecond);

    private readonly Action<int, int>[] _steps;
    private readonly bool[] _waits;
    private readonly long[][] _times;
    private readonly Action<AcceleratorStream, KernelConfig, int> _launch;
    private readonly KernelConfig _config;
    private readonly int _number;
    private readonly LaneBarrier _barrier;
    private Exception? _failure;

    /// <summary>Creates a sequence.</summary>
    /// <param name="device">The CPU device.</param>
    /// <param name="steps">The work of one lane in each kernel, as (lane, lanes): what a <see cref="GraphEngine.Codegen.LaneBinder"/> returns.</param>
    /// <param name="launches">The number of each kernel's launch: lanes wait for each other after the last kernel of each.</param>
    public LaneSequence(Device device, IReadOnlyList<Action<int, int>> steps, IReadOnlyList<int> launches)
    {
        _steps = [.. steps];
        _waits = [.. Enumerable.Range(0, _steps.Length).Select(i => i + 1 == _steps.Length || launches[i + 1] != launches[i])];
        _times = [.. Enumerable.Range(0, device.Profile.Lanes).Select(_ => new long[_steps.Length])];
        _config = new KernelConfig(device.Profile.Lanes / device.Profile.GroupSize, device.Profile.GroupSize);
        _barrier = new LaneBarrier(device.Profile.Lanes);
        _launch = device.LaneSequence.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, int>>();
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
        _launch(stream, _config, _number);
        stream.Synchronize();
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
    }

    /// <summary>How long a kernel took in the last run, in the lane that took longest.</summary>
    /// <param name="step">The position of the kernel.</param>
    public TimeSpan Duration(int step) => Stopwatch.GetElapsedTime(0, _times.Max(t => t[step]));

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
            long start = Stopwatch.GetTimestamp();
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
            // A kernel without rows may end before a time span moves; no time is shorter than one of its steps.
            _times[lane][i] = Math.Max(ShortestTime, Stopwatch.GetTimestamp() - start);
            if (_waits[i])
                _barrier.Wait();
        }
    }
}
