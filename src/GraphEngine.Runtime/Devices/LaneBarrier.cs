namespace GraphEngine.Runtime;

/// <summary>
/// Lets lanes wait for each other without the operating system. Where lanes have cores of their own a wait is a few loads of one cache line; where
/// they do not, the waiting lane gives its core away.
/// </summary>
internal sealed class LaneBarrier(int lanes)
{
    // Each in a cache line of its own.
    private const int Stride = 16;

    private readonly int[] _cores = new int[lanes * Stride];
    private readonly IdleCores _idle = new();
    private int _arrived;
    private volatile int _phase;

    /// <summary>
    /// Returns when all lanes have called it, on cores of their own if there are idle ones. Lanes that spin never sleep, and the system looks for an idle core only when a thread
    /// wakes: two that it has woken on one core stay there, and every run takes twice as long.
    /// </summary>
    /// <param name="lane">The lane that starts.</param>
    public void Start(int lane)
    {
        int core = ProcessorCore.OfThread();
        _cores[lane * Stride] = core;
        Wait();
        try
        {
            Settle(lane, core);
        }
        catch (Exception e) when (e is OutOfMemoryException or EntryPointNotFoundException or DllNotFoundException)
        {
            // Lanes on one core are slow; one that left here would let the others wait for ever.
        }
    }

    private void Settle(int lane, int core)
    {
        if (core != ProcessorCore.Unknown && Enumerable.Range(0, lane).Any(other => _cores[other * Stride] == core)
            && _idle.Known().FirstOrDefault(c => !Enumerable.Range(0, lanes).Any(other => _cores[other * Stride] == c), ProcessorCore.Unknown) is >= 0 and int free)
        {
            ProcessorCore.Move(free);
        }
    }

    /// <summary>Returns when all lanes have called it.</summary>
    public void Wait()
    {
        int phase = _phase;
        if (Interlocked.Increment(ref _arrived) == lanes)
        {
            _arrived = 0;
            _phase = phase + 1;
            return;
        }
        var spinner = new SpinWait();
        while (_phase == phase)
            spinner.SpinOnce(sleep1Threshold: -1);
    }
}
