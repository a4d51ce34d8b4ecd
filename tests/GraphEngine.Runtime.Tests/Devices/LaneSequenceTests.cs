using GraphEngine.Codegen;
using GraphEngine.Testing;
using ILGPU;
using ILGPU.Runtime;
using Xunit;

namespace GraphEngine.Runtime.Tests.Devices;

public sealed class LaneSequenceTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_kernel_sees_all_that_the_kernels_before_it_wrote()
    {
        Device device = TestDevices.Cpu;
        int lanes = device.Profile.Lanes;
        int[] values = new int[lanes], next = new int[lanes];
        // Each step adds what the neighbouring lane has, twice 500 times.
        Action<int, int> forth = (lane, count) => next[lane] = values[lane] + values[(lane + 1) % count] % 1000;
        Action<int, int> back = (lane, count) => values[lane] = next[lane] + next[(lane + 1) % count] % 1000;
        Action<int, int> start = (lane, count) => values[lane] = lane + 1;
        using var sequence = new LaneSequence(device, [start, .. Enumerable.Repeat<Action<int, int>[]>([forth, back], 500).SelectMany(pair => pair)], [.. Enumerable.Range(0, 1001)]);

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
            device, [bind([x.View, w.View, once.View], [], [37]), bind([once.View, w.View, twice.View], [], [37])], [0, 1]);
        sequence.Run(device.Accelerator.DefaultStream);
        sequence.Run(device.Accelerator.DefaultStream);

        float[] expected = Multiply(Multiply(x.GetAsArray1D(), w.GetAsArray1D()), w.GetAsArray1D());
        Assert.Equal(expected, twice.GetAsArray1D());
        output.WriteLine($"{sequence.Duration(0).TotalMicroseconds:F1} and {sequence.Duration(1).TotalMicroseconds:F1} us");
    }

    [Fact]
    public void A_failure_in_a_lane_reaches_the_caller_and_the_device_stays_usable()
    {
        Device device = TestDevices.Cpu;
        int after = 0;
        using var failing = new LaneSequence(
            device, [(lane, _) => { if (lane == 1) throw new InvalidOperationException("lane 1"); }, (_, _) => Interlocked.Increment(ref after)], [0, 1]);
        using var working = new LaneSequence(device, [(_, _) => Interlocked.Increment(ref after)], [0]);

        var error = Assert.Throws<InvalidOperationException>(() => failing.Run(device.Accelerator.DefaultStream));
        working.Run(device.Accelerator.DefaultStream);

        Assert.Equal(("lane 1", device.Profile.Lanes), (error.Message, after));
    }

    // Small integers: every order of summation gives the same floats.
    private static float[] Multiply(float[] x, float[] w) =>
    [
        .. from i in Enumerable.Range(0, x.Length / 64)
           from j in Enumerable.Range(0, 64)
           select Enumerable.Range(0, 64).Sum(k => x[i * 64 + k] * w[k * 64 + j]),
    ];
}
