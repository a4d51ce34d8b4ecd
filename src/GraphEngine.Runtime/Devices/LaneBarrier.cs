using System.Runtime.InteropServices;

namespace GraphEngine.Runtime;

/// <summary>
/// Lets lanes wait for each other without the operating system. Where lanes have cores of their own a wait is a few loads of one cache line; where
/// they do not, the waiting lane gives its core away. A lane that finds another one on its core sleeps for a moment, as no spinning thread ever does: it is only
/// when a thread wakes that the system looks for an idle core, and two lanes once woken on one core stay there for many runs while another core is idle.
/// </summary>
internal sealed partial class LaneBarrier(int lanes)
{
    // Each in a cache line of its own.
    private const int Stride = 16;
    private const int MostSkips = 15;
    private const uint Moment = 1;

    private readonly int[] _cores = [.. Enumerable.Repeat(-1, lanes * Stride)];
    private int _arrived;
    private int _skips;
    private int _futile;
    private volatile int _phase;

    /// <summary>Says where a lane runs, before its first wait.</summary>
    /// <param name="lane">The lane.</param>
    public void Enter(int lane) => _cores[lane * Stride] = Core();

    /// <summary>Returns when all lanes have called it.</summary>
    /// <param name="lane">The lane that waits.</param>
    public void Wait(int lane)
    {
        int phase = _phase;
        Enter(lane);
        if (Interlocked.Increment(ref _arrived) == lanes)
        {
            _arrived = 0;
            _phase = phase + 1;
            return;
        }
        var spinner = new SpinWait();
        for (bool isPlaced = false; _phase == phase;)
        {
            if (spinner.NextSpinWillYield && !isPlaced)
            {
                isPlaced = true;
                LeaveSharedCore(lane);
            }
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void LeaveSharedCore(int lane)
    {
        if (!SharesCore(lane) || Interlocked.Decrement(ref _skips) >= 0)
            return;
        _ = Sleep(Moment);
        Enter(lane);
        // Where no other core is idle, lanes should not sleep at every wait.
        _futile = SharesCore(lane) ? Math.Min((2 * _futile) + 1, MostSkips) : 0;
        _skips = _futile;
    }

    private bool SharesCore(int lane)
    {
        int core = _cores[lane * Stride];
        for (int other = 0; core >= 0 && other < lanes; other++)
        {
            if (other != lane && _cores[other * Stride] == core)
                return true;
        }
        return false;
    }

    private static int Core() => OperatingSystem.IsLinux() ? GetCore() : -1;

    [LibraryImport("libc", EntryPoint = "sched_getcpu"), SuppressGCTransition]
    private static partial int GetCore();

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);
}
