using GraphEngine.Codegen;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Runtime.Tests.Devices;

public sealed class DeviceTests
{
    [Fact]
    public void A_refused_kernel_is_named_and_closes_the_device_for_others()
    {
        // A device of its own: the shared ones must stay usable.
        using Device device = DeviceCatalogue.Open("cpu");
        var cache = new KernelCache(null);
        KernelSource refused = MapSample.Source("(float)new object().GetHashCode()");

        var first = Assert.Throws<KernelCompilationException>(() => device.Load(cache.Load([refused], device.Profile).Entry("Map"), 2));
        var second = Assert.Throws<KernelCompilationException>(
            () => device.Load(cache.Load([SimtGemmSample.Source], device.Profile).Entry("SimtGemm"), 2));

        Assert.StartsWith("The kernel 'Map' does not compile for CPUAccelerator: ", first.Message, StringComparison.Ordinal);
        Assert.Equal("The device cpu cannot compile any more since the kernel 'Map' failed; open it again.", second.Message);
    }

    [Fact]
    public void A_group_that_a_kernel_cannot_have_is_refused_by_name_and_the_device_stays_open()
    {
        Device device = TestDevices.Pocl;
        KernelAssembly kernels = new KernelCache(null).Load([MapSample.Source("a.X[i] + 1f")], device.Profile);

        var error = Assert.Throws<KernelCompilationException>(() => device.Load(kernels.Entry("Map"), 1 << 20));

        Assert.StartsWith($"The kernel 'Map' needs groups of 1048576 work items, but {device.Id} can run it with ", error.Message, StringComparison.Ordinal);
        device.Load(kernels.Entry("Map"), 2).Dispose();
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Memory_that_a_device_does_not_have_is_refused_in_one_sentence(string name)
    {
        Device device = TestDevices.Get(name);

        string message = Assert.Throws<InsufficientMemoryException>(() => new Slab(device, 1L << 50)).Message;

        Assert.StartsWith($"{device.Id} gives no 1125899.91 GB more: ", message, StringComparison.Ordinal);
        Assert.EndsWith(". Another program may hold its memory; let that one end, or use a smaller model or another device.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernels_may_be_loaded_from_many_threads()
    {
        Device device = TestDevices.Cpu;

        Parallel.For(0, 8, i =>
        {
            KernelSource source = MapSample.Source($"a.X[i] + {i}f");
            float[] x = [1, 2, 3, 4], y = new float[4];
            KernelRun.Once(device, source, groups: 2, groupSize: 2, [x, y], [], [4]);
            Assert.Equal([1f + i, 2f + i, 3f + i, 4f + i], y);
        });
    }
}
