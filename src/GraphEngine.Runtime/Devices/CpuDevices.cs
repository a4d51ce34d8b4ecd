using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;
using GraphEngine.Codegen;
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
        var device = new CPUDevice(profile.GroupSize, numWarpsPerMultiprocessor: 1, numMultiprocessors: profile.Lanes / profile.GroupSize);
        return Device.Open(Id, Name(), context => device.CreateCPUAccelerator(context, CPUAcceleratorMode.Parallel), _ => profile);
    }

    private static string Name() => $"{Model()}{Environment.ProcessorCount} cores, {DeviceProfile.Cpu().VectorBits}-bit vectors";

    /// <summary>What the processor calls itself, where it says so: the brand string of x86, three times sixteen letters.</summary>
    private static string Model()
    {
        const uint extended = 0x80000000, first = extended + 2, last = first + 2;
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(unchecked((int)extended), 0).Eax < last)
            return "";
        List<byte> letters = [];
        for (uint part = first; part <= last; part++)
        {
            (int a, int b, int c, int d) = X86Base.CpuId((int)part, 0);
            letters.AddRange(MemoryMarshal.AsBytes((ReadOnlySpan<int>)[a, b, c, d]));
        }
        string model = Encoding.ASCII.GetString([.. letters]).TrimEnd('\0').Trim();
        return model.Length == 0 ? "" : model + ", ";
    }
}
