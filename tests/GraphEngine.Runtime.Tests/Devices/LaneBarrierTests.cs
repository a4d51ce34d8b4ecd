using Xunit;

namespace GraphEngine.Runtime.Tests.Devices;

public sealed class LaneBarrierTests : IDisposable
{
    private readonly ThreadLocal<int> _lane = new();
    private readonly Dictionary<int, long> _steps = new() { [0] = 1000, [1] = 1000, [2] = 1000, [3] = 1000 };
    private readonly IdleCores _idle;
    private int[] _cores = [];
    private long _now = 1_000_000;

    public LaneBarrierTests()
    {
        _idle = new IdleCores(() => new Dictionary<int, long>(_steps), () => _now);
        _idle.Known();
    }

    public void Dispose() => _lane.Dispose();

    [Fact]
    public void Lanes_that_the_system_has_woken_on_one_core_move_to_different_ones()
    {
        Pass(50, idle: [1, 2, 3]);

        Run(lanes: 4, barriers: 0, null);

        Assert.Equal([0, 1, 2, 3], _cores.Order());
        Assert.Equal(0, _cores[0]);
    }

    [Fact]
    public void Lanes_move_in_a_run_that_takes_longer_than_readings_are_good_for()
    {
        Pass(5000, idle: [1]);

        // When the run starts, nothing is known; its first barrier comes too soon, its second does not.
        Run(lanes: 2, barriers: 2, barrier => Pass(barrier == 0 ? 20 : 100, idle: barrier == 0 ? [] : [1]));

        Assert.Equal([0, 1], _cores);
    }

    [Fact]
    public void Lanes_stay_where_no_core_is_idle()
    {
        Pass(50, idle: []);

        Run(lanes: 2, barriers: 3, _ => Pass(50, idle: []));

        Assert.Equal([0, 0], _cores);
    }

    private void Pass(long milliseconds, int[] idle)
    {
        _now += milliseconds;
        foreach (int core in idle)
            _steps[core] += milliseconds / 10;
    }

    /// <summary>Starts all lanes on core 0, and lets them meet at barriers; time passes before each.</summary>
    private void Run(int lanes, int barriers, Action<int>? before)
    {
        _cores = new int[lanes];
        LaneBarrier barrier = new(lanes, _idle, () => _cores[_lane.Value], core => _cores[_lane.Value] = core);
        using Barrier together = new(lanes);
        Thread[] threads = [.. Enumerable.Range(0, lanes).Select(lane => new Thread(() =>
        {
            _lane.Value = lane;
            barrier.Start(lane);
            for (int i = 0; i < barriers; i++)
            {
                together.SignalAndWait();
                if (lane == 0)
                    before!(i);
                together.SignalAndWait();
                barrier.Wait(lane);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
    }
}
