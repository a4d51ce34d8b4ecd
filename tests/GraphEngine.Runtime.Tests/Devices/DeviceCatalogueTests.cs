using GraphEngine.Codegen;
using Xunit;

namespace GraphEngine.Runtime.Tests.Devices;

public sealed class DeviceCatalogueTests
{
    [Fact]
    public void The_cpu_is_always_there_and_first()
    {
        DeviceDescription first = DeviceCatalogue.List()[0];

        Assert.Equal(("cpu", DeviceKind.Cpu, false), (first.Id, first.Kind, first.IsGpu));
    }

    [Fact]
    public void Every_listed_device_opens()
    {
        foreach (DeviceDescription description in DeviceCatalogue.List())
        {
            using Device device = DeviceCatalogue.Open(description.Id);
            Assert.Equal((description.Id, description.Name, description.Kind), (device.Id, device.Name, device.Profile.Kind));
        }
    }

    [Fact]
    public void Auto_is_a_gpu_or_the_cpu()
    {
        using Device device = DeviceCatalogue.Open("auto");

        DeviceDescription? gpu = DeviceCatalogue.List().Where(d => d.IsGpu).OrderBy(d => d.Kind == DeviceKind.Cuda ? 0 : 1).FirstOrDefault();
        Assert.Equal(gpu?.Id ?? "cpu", device.Id);
    }

    [Theory]
    [InlineData("cuda:99", "There is no device 'cuda:99'")]
    [InlineData("opencl:99", "There is no device 'opencl:99'")]
    [InlineData("gpu", "'gpu' is not a device id; use auto, cpu, cuda:N or opencl:N.")]
    [InlineData("cuda:-1", "'cuda:-1' is not a device id; use auto, cpu, cuda:N or opencl:N.")]
    [InlineData("", "'' is not a device id; use auto, cpu, cuda:N or opencl:N.")]
    public void A_device_that_does_not_exist_is_answered_with_those_that_do(string id, string start)
    {
        var error = Assert.Throws<DeviceNotFoundException>(() => DeviceCatalogue.Open(id));

        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
        Assert.Contains(". This machine has cpu (", error.Message, StringComparison.Ordinal);
        // What is missing is told where no device of the family is there.
        bool isFamily = id.EndsWith(":99", StringComparison.Ordinal);
        Assert.Equal(isFamily && !DeviceCatalogue.List().Any(d => d.Id.StartsWith(id[..^2], StringComparison.Ordinal)), error.Message.Contains("; it needs", StringComparison.Ordinal));
    }
}
