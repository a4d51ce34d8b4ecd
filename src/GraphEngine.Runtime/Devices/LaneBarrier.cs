namespace GraphEngine.Runtime;

/// <summary>
/// Lets lanes wait for each other without the operating system. Where lanes have cores of their own a wait is a few loads of one cache line; where
/// they do not, the waiting lane gives its core away.
/// </summary>
internal sealed class LaneBarrier(int lanes)
{
    private int _arrived;
    private volatile int _phase;

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
