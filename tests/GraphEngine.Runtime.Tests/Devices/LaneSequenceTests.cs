using System.Runtime.InteropServices;
using GraphEngine.Codegen;
using GraphEngine.Kernels;
using GraphEngine.Testing;
using ILGPU;
using ILGPU.Runtime;
using Xunit;

namespace GraphEngine.Runtime.Tests.Devices;

public sealed partial class LaneSequenceTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_kernel_sees_all_that_the_kernels_before_it_wrote()
    {
        Device device = TestDevices.Cpu;
        int lanes = device.Profile.Lanes;
        int[] values = new int[lanes], next = new int[lanes];
        // Each step adds what the neighbouring lane has, twice 500 times.
        LaneStep forth = new((lane, count, _, _) => next[lane] = values[lane] + values[(lane + 1) % count] % 1000);
        LaneStep back = new((lane, count, _, _) => values[lane] = next[lane] + next[(lane + 1) % count] % 1000);
        LaneStep start = new((lane, _, _, _) => values[lane] = lane + 1);
        using var sequence = new LaneSequence(device, [start, .. Enumerable.Repeat<LaneStep[]>([forth, back], 500).SelectMany(pair => pair)], [.. Enumerable.Range(0, 1001)]);

        sequence.Run(device.Accelerator.DefaultStream);

        int[] expected = [.. Enumerable.Range(1, lanes)];
        for (int i = 0; i < 1000; i++)
            expected = [.. expected.Select((value, lane) => value + expected[(lane + 1) % lanes] % 1000)];
        Assert.Equal(expected, values);
    }

    [Fact]
    public void A_sequence_computes_what_its_launches_compute()
    {
        Device device = TestDevices.Cpu;
        KernelSource source = SimdGemmSample.Source(device.Profile.VectorBits);
        KernelAssembly kernels = new KernelCache(null).Load([source], device.Profile);
        using var x = device.Accelerator.Allocate1D([.. Enumerable.Range(0, 37 * 64).Select(i => i % 5 - 2f)]);
        using var w = device.Accelerator.Allocate1D([.. Enumerable.Range(0, 64 * 64).Select(i => i % 3 - 1f)]);
        using var once = device.Accelerator.Allocate1D<float>(37 * 64);
        using var twice = device.Accelerator.Allocate1D<float>(37 * 64);
        LaneBinder bind = kernels.LaneBinder(source.Name);

        using var sequence = new LaneSequence(
            device, [new(bind([x.View, w.View, once.View], [], [37])), new(bind([once.View, w.View, twice.View], [], [37]))], [0, 1]);
        sequence.Run(device.Accelerator.DefaultStream);
        sequence.Run(device.Accelerator.DefaultStream);

        float[] expected = Multiply(Multiply(x.GetAsArray1D(), w.GetAsArray1D()), w.GetAsArray1D());
        Assert.Equal(expected, twice.GetAsArray1D());
        output.WriteLine($"{sequence.Duration(0).TotalMicroseconds:F1} and {sequence.Duration(1).TotalMicroseconds:F1} us");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Kernels_of_a_loop_take_each_block_of_rows_in_turn(int block)
    {
        Device device = TestDevices.Cpu;
        int lanes = device.Profile.Lanes;
        // The last lane has no rows.
        int[] bounds = [.. Enumerable.Range(0, lanes).Select(lane => 40 * lane), 40 * (lanes - 1)];
        var calls = new List<(int Step, int First, int Last)>[lanes];
        LaneStep Step(int step) => new((lane, _, first, last) => calls[lane].Add((step, first, last)), bounds);
        LaneStep begin = new((lane, _, _, _) => calls[lane] = []), end = new((lane, _, first, last) => calls[lane].Add((4, first, last)));

        using var sequence = new LaneSequence(device, [begin, Step(1), Step(2), Step(3), end], [0, 1, 1, 1, 2], new FusedLoop(2, 2, block));
        sequence.Run(device.Accelerator.DefaultStream);

        for (int lane = 0; lane < lanes; lane++)
        {
            int from = bounds[lane], to = bounds[lane + 1];
            List<(int, int, int)> expected = [(1, from, to)];
            for (int first = from; first < to || first == from; first += block)
                expected.AddRange([(2, first, Math.Min(first + block, to)), (3, first, Math.Min(first + block, to))]);
            Assert.Equal([.. expected, (4, 0, 0)], calls[lane]);
        }
    }

    [Fact]
    public void A_failure_in_a_lane_reaches_the_caller_and_the_device_stays_usable()
    {
        Device device = TestDevices.Cpu;
        int after = 0;
        using var failing = new LaneSequence(
            device, [new((lane, _, _, _) => { if (lane == 1) throw new InvalidOperationException("lane 1"); }), new((_, _, _, _) => Interlocked.Increment(ref after))], [0, 1]);
        using var working = new LaneSequence(device, [new((_, _, _, _) => Interlocked.Increment(ref after))], [0]);

        var error = Assert.Throws<InvalidOperationException>(() => failing.Run(device.Accelerator.DefaultStream));
        working.Run(device.Accelerator.DefaultStream);

        Assert.Equal(("lane 1", device.Profile.Lanes), (error.Message, after));
    }

    [Fact]
    public void Lanes_that_share_a_core_wait_for_each_other_and_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are bound to cores by a call of Linux.");
        Device device = TestDevices.Cpu;
        int lanes = device.Profile.Lanes;
        Span<ulong> all = new ulong[16];
        Assert.Equal(0, GetAffinity(0, 128, all));
        ulong[] allowed = [.. all], one = [.. all.ToArray().Select((word, i) => i == Array.FindIndex(allowed, w => w != 0) ? word & (~word + 1) : 0)];
        int[] values = new int[lanes], next = new int[lanes], cores = new int[lanes];
        LaneStep bind = new((lane, _, _, _) => SetAffinity(0, 128, one)), free = new((lane, _, _, _) => { cores[lane] = GetCore(); SetAffinity(0, 128, allowed); });
        LaneStep forth = new((lane, count, _, _) => next[lane] = values[(lane + 1) % count] + 1), back = new((lane, count, _, _) => values[lane] = next[(lane + 1) % count] + 1);
        using var sequence = new LaneSequence(device, [bind, .. Enumerable.Repeat<LaneStep[]>([forth, back], 500).SelectMany(pair => pair), free], [.. Enumerable.Range(0, 1002)]);

        sequence.Run(device.Accelerator.DefaultStream);

        Assert.All(values, value => Assert.Equal(1000, value));
        Assert.Single(cores.Distinct());
    }

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    private static partial int GetCore();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint length, Span<ulong> mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint length, Span<ulong> mask);

    // Small integers: every order of summation gives the same floats.
    private static float[] Multiply(float[] x, float[] w) =>
    [
        .. from i in Enumerable.Range(0, x.Length / 64)
           from j in Enumerable.Range(0, 64)
           select Enumerable.Range(0, 64).Sum(k => x[i * 64 + k] * w[k * 64 + j]),
    ];
}
