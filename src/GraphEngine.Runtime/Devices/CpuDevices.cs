using GraphEngine.Codegen;
using GraphEngine.Codegen.Ilgpu;
using ILGPU;
using ILGPU.Runtime.CPU;

namespace GraphEngine.Runtime;

/// <summary>The CPU accelerator of ILGPU with as many lanes as cores: the device that is always there.</summary>
internal static class CpuDevices
{
    public const string Id = "cpu";

    public static DeviceDescription Describe() => new(Id, Name(), DeviceKind.Cpu, IsGpu: false);

    public static Device Open()
    {
        DeviceProfile profile = DeviceProfile.Cpu();
        Context context = IlgpuBackend.CreateContext();
        var device = new CPUDevice(profile.GroupSize, numWarpsPerMultiprocessor: 1, numMultiprocessors: profile.Lanes / profile.GroupSize);
        return new Device(Id, Name(), context, device.CreateCPUAccelerator(context, CPUAcceleratorMode.Parallel), profile);
    }

    private static string Name() => $"{Environment.ProcessorCount} cores, {DeviceProfile.Cpu().VectorBits}-bit vectors";
}
