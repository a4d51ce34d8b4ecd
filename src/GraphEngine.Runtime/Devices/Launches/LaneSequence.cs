using System.Diagnostics;
using System.Runtime.ExceptionServices;
using GraphEngine.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>
/// Runs SIMD kernels one after the other in a single launch of the CPU accelerator: lanes wait for each other by spinning where a kernel needs what
/// an earlier one makes, which takes about a microsecond, where a launch of its own wakes threads and takes 30 to 80. The meaning is that of
/// launching them in order. May be used from any thread; a device runs one sequence at a time.
/// </summary>
public sealed class LaneSequence : IDisposable
{
    // A kernel argument cannot be an object, so the running sequence is found by number.
    private static readonly List<LaneSequence?> Registered = [];
    private static readonly Stack<int> Free = [];

    private static readonly long ShortestTime = Math.Max(1, Stopwatch.Frequency / TimeSpan.TicksPerSecond);

    private readonly Device _device;
    private readonly LaneStep[] _steps;
    private readonly FusedLoop?[] _loops;
    private readonly bool[] _waits;
    private readonly long[][] _times;
    private readonly Action<AcceleratorStream, KernelConfig, int> _launch;
    private readonly KernelConfig _config;
    private readonly int _number;
    private readonly LaneBarrier _barrier;
    private Exception? _failure;
    private bool _isDisposed;

    /// <summary>Creates a sequence.</summary>
    /// <param name="device">The CPU device.</param>
    /// <param name="steps">The work of one lane in each kernel.</param>
    /// <param name="launches">The number of each kernel's launch: lanes wait for each other after the last kernel of each.</param>
    /// <param name="loops">Kernels whose rows a lane visits together, block by block.</param>
    /// <exception cref="ObjectDisposedException">The device is closed.</exception>
    public LaneSequence(Device device, IReadOnlyList<LaneStep> steps, IReadOnlyList<int> launches, params IReadOnlyList<FusedLoop> loops)
    {
        _device = device;
        _steps = [.. steps];
        _waits = [.. Enumerable.Range(0, _steps.Length).Select(i => i + 1 == _steps.Length || launches[i + 1] != launches[i])];
        _loops = [.. Enumerable.Range(0, _steps.Length).Select(i => loops.FirstOrDefault(l => l.First == i))];
        _times = [.. Enumerable.Range(0, device.Profile.Lanes).Select(_ => new long[_steps.Length])];
        _config = new KernelConfig(device.Profile.Lanes / device.Profile.GroupSize, device.Profile.GroupSize);
        _barrier = new LaneBarrier(device.Profile.Lanes);
        _launch = device.LaneSequence.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, int>>();
        lock (Registered)
        {
            if (Free.TryPop(out _number))
            {
                Registered[_number] = this;
                return;
            }
            _number = Registered.Count;
            Registered.Add(this);
        }
    }

    /// <summary>Runs all kernels, and returns when they are done.</summary>
    /// <param name="stream">A stream of the device.</param>
    /// <exception cref="ObjectDisposedException">The sequence or its device was disposed.</exception>
    public void Run(AcceleratorStream stream)
    {
        lock (_device.Running)
        {
            // Before the launch: what a lane throws where no caller is ends the process.
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _device.RequireOpen();
            _failure = null;
            _launch(stream, _config, _number);
            stream.Synchronize();
            if (_failure is not null)
                ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <summary>
    /// How long a kernel took in the last run: in the lane that took longest, or the mean of all lanes in a loop, where they wait for each other only
    /// at its end.
    /// </summary>
    /// <param name="step">The position of the kernel.</param>
    public TimeSpan Duration(int step) => Stopwatch.GetElapsedTime(0, _loops.Any(l => l?.First <= step && step < l.End) ? (long)_times.Average(t => t[step]) : _times.Max(t => t[step]));

    /// <summary>Makes room for another sequence, after the run that is on.</summary>
    public void Dispose()
    {
        lock (_device.Running)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            lock (Registered)
            {
                Registered[_number] = null;
                Free.Push(_number);
            }
        }
    }

    internal static void RunLane(int number, int lane, int lanes)
    {
        LaneSequence sequence;
        lock (Registered)
            sequence = Registered[number]!;
        sequence.RunLane(lane, lanes);
    }

    private void RunLane(int lane, int lanes)
    {
        _barrier.Start(lane);
        Array.Clear(_times[lane]);
        for (int i = 0, next; i < _steps.Length; i = next)
        {
            next = _loops[i]?.End ?? i + 1;
            (int first, int end) = _steps[i].RowsOf(lane);
            int block = _loops[i]?.BlockRows ?? Math.Max(1, end - first);
            do
            {
                for (int step = i; step < next; step++)
                    RunStep(step, lane, lanes, first, Math.Min(first + block, end));
                first += block;
            }
            while (first < end);
            if (_waits[next - 1])
                _barrier.Wait(lane);
        }
    }

    private void RunStep(int step, int lane, int lanes, int first, int last)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            if (_failure is null)
                _steps[step].Body(lane, lanes, first, last);
        }
        catch (Exception e)
        {
            // Kept for the caller: a lane that left here would let the others wait for ever.
            Interlocked.CompareExchange(ref _failure, e, null);
        }
        // A kernel without rows may end before a time span moves; no time is shorter than one of its steps.
        _times[lane][step] += Math.Max(ShortestTime, Stopwatch.GetTimestamp() - start);
    }
}
