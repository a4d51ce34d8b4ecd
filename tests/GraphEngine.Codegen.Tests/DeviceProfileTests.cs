using Xunit;

namespace GraphEngine.Codegen.Tests;

public sealed class DeviceProfileTests
{
    [Fact]
    public void The_cpu_has_a_lane_per_core_in_pairs()
    {
        Assert.Equal([2, 2, 2, 4, 64], [.. ((int[])[1, 2, 3, 4, 64]).Select(cores => DeviceProfile.Cpu(cores, 256).Lanes)]);
        Assert.Equal(8, DeviceProfile.Cpu(4, 256).VectorFloats);
    }

    [Fact]
    public void The_key_names_what_text_may_depend_on_and_not_the_size_of_the_device()
    {
        Assert.Equal("cpu-v512-g2-flat-m0", DeviceProfile.Cpu(8, 512).Key);
        Assert.Equal("cuda-v128-g256-sub-m49152", DeviceProfile.CudaText().Key);
        Assert.Equal(DeviceProfile.CudaText().Key, DeviceProfile.Cuda(132, 2048).Key);
        Assert.Equal("opencl-v128-g256-flat-m32768", DeviceProfile.OpenClText().Key);
        Assert.Equal("opencl-v128-g64-flat-m32768", DeviceProfile.OpenCl(4, maxGroupSize: 64, 32768).Key);
    }
}
