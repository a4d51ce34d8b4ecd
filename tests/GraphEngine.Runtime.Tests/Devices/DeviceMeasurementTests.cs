using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Runtime.Tests.Devices;

public sealed class DeviceMeasurementTests(ITestOutputHelper output)
{
    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Rates_are_those_of_a_real_machine(string name)
    {
        DeviceRates rates = DeviceMeasurement.Measure(TestDevices.Get(name));

        output.WriteLine($"{rates.BandwidthGBs:F1} GB/s, {rates.FmaGflops:F0} GFLOP/s");
        Assert.InRange(rates.BandwidthGBs, 0.5, 20_000);
        Assert.InRange(rates.FmaGflops, 0.5, 200_000);
    }
}
