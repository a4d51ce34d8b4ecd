using Xunit;

namespace GraphEngine.Runtime.Tests.Devices;

public sealed class IdleCoresTests
{
    [Fact]
    public void Cores_that_were_idle_for_most_of_the_last_moments_are_known_until_there_is_something_new_to_see()
    {
        Dictionary<int, long> steps = new() { [0] = 1000, [1] = 2000, [5] = 3000 };
        long now = 1_000_000;
        int reads = 0;
        IdleCores cores = new(() => { reads++; return new Dictionary<int, long>(steps); }, () => now);
        void Pass(long milliseconds, int core0, int core1, int core5)
        {
            now += milliseconds;
            (steps[0], steps[1], steps[5]) = (steps[0] + core0, steps[1] + core1, steps[5] + core5);
        }

        // Counters mean nothing before there are two readings.
        Assert.Empty(cores.Known());
        Pass(50, 1, 5, 3);
        Assert.Equal([1, 5], cores.Known().Order());
        Pass(30, 3, 0, 0);
        Assert.Equal([1, 5], cores.Known().Order());
        Assert.Equal(2, reads);
        Pass(30, 3, 0, 0);
        Assert.Equal([0], cores.Known());
        // What was long ago is no sign of what a core does now.
        Pass(5000, 500, 500, 500);
        Assert.Empty(cores.Known());
        Pass(100, 0, 0, 10);
        Assert.Equal([5], cores.Known());
    }

    [Fact]
    public void A_system_that_does_not_say_has_no_idle_cores()
    {
        long now = 1000;
        IdleCores cores = new(() => new Dictionary<int, long>(), () => now += 50);
        Assert.Empty(cores.Known());
        Assert.Empty(cores.Known());
    }
}
