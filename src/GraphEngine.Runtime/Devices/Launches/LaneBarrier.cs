namespace GraphEngine.Runtime;

/// <summary>
/// Lets lanes wait for each other without the operating system. Where lanes have cores of their own a wait is a few loads of one cache line; where
/// they do not, the waiting lane gives its core away.
/// </summary>
/// <param name="lanes">How many lanes wait.</param>
/// <param name="idle">The cores that a lane can move to.</param>
/// <param name="coreOf">Gives the core of the calling thread.</param>
/// <param name="move">Moves the calling thread to a core.</param>
internal sealed class LaneBarrier(int lanes, IdleCores idle, Func<int> coreOf, Action<int> move)
{
    // Each in a cache line of its own.
    private const int Stride = 16;

    private readonly int[] _cores = new int[lanes * Stride];
    private readonly Lock _settling = new();
    private int _arrived;
    private volatile int _phase;
    private volatile bool _isCrowded;

    /// <summary>A barrier of this machine.</summary>
    /// <param name="lanes">How many lanes wait.</param>
    public LaneBarrier(int lanes)
        : this(lanes, new IdleCores(), ProcessorCore.OfThread, ProcessorCore.Move)
    {
    }

    /// <summary>
    /// Returns when all lanes have called it, on cores of their own if there are idle ones. Lanes that spin never sleep, and the system looks for an
    /// idle core only when a thread wakes: two that it has woken on one core stay there, and every run takes twice as long.
    /// </summary>
    /// <param name="lane">The lane that starts.</param>
    public void Start(int lane)
    {
        if (lane == 0)
            _isCrowded = false;
        WaitAndSettle(lane);
    }

    /// <summary>
    /// Returns when all lanes have called it. Where lanes share a core, one of them moves as soon as an idle one is known: at the start of a run that
    /// takes long, what was read before it says nothing.
    /// </summary>
    /// <param name="lane">The lane that waits.</param>
    public void Wait(int lane)
    {
        if (_isCrowded)
            WaitAndSettle(lane);
        else
            Wait();
    }

    private void WaitAndSettle(int lane)
    {
        int core = coreOf();
        Volatile.Write(ref _cores[lane * Stride], core);
        Wait();
        try
        {
            if (core != ProcessorCore.Unknown && IsTaken(core, lane))
                Settle(lane);
        }
        catch (Exception e) when (e is OutOfMemoryException or EntryPointNotFoundException or DllNotFoundException)
        {
            // Lanes on one core are slow; one that left here would let the others wait for ever.
        }
    }

    private void Settle(int lane)
    {
        int free;
        // Otherwise two lanes would move to the same core.
        lock (_settling)
        {
            free = idle.Known().FirstOrDefault(c => !IsTaken(c, lanes), ProcessorCore.Unknown);
            if (free == ProcessorCore.Unknown)
                _isCrowded = true;
            else
                Volatile.Write(ref _cores[lane * Stride], free);
        }
        if (free != ProcessorCore.Unknown)
            move(free);
    }

    /// <summary>True when one of the first lanes is on a core.</summary>
    private bool IsTaken(int core, int first)
    {
        for (int lane = 0; lane < first; lane++)
        {
            if (Volatile.Read(ref _cores[lane * Stride]) == core)
                return true;
        }
        return false;
    }

    private void Wait()
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
