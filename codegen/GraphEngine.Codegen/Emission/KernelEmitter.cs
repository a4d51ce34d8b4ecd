using GraphEngine.Codegen.Emission.Simd;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission;

/// <summary>Prints kernels in the schedule family of a device.</summary>
public static class KernelEmitter
{
    /// <summary>Prints a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="profile">The device.</param>
    public static EmittedKernel Emit(Kernel kernel, DeviceProfile profile) => profile.Kind switch
    {
        DeviceKind.Cpu => SimdEmitter.Emit(kernel, profile),
        _ => throw new NotSupportedException($"There is no schedule for {profile.Kind}."),
    };
}
