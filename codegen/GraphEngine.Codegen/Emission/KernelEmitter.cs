using GraphEngine.Codegen.Emission.Simd;
using GraphEngine.Codegen.Emission.Simt;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission;

/// <summary>Prints kernels in the schedule family of a device.</summary>
public static class KernelEmitter
{
    /// <summary>Prints a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="profile">The device.</param>
    /// <exception cref="NotSupportedException">The kernel has no form for devices of this kind: the passes that made it were not those of the
    /// profile.</exception>
    public static EmittedKernel Emit(Kernel kernel, DeviceProfile profile) => profile.Kind == DeviceKind.Cpu
        ? SimdEmitter.Emit(kernel, profile)
        : SimtEmitter.Emit(kernel, profile);
}
