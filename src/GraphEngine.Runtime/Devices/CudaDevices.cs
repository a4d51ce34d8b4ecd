using GraphEngine.Codegen;
using ILGPU.Runtime.Cuda;

namespace GraphEngine.Runtime;

/// <summary>The NVIDIA GPUs, when there is a driver.</summary>
internal static class CudaDevices
{
    public const string Prefix = "cuda:";

    public static IReadOnlyList<DeviceDescription> Describe() =>
        [.. Find().Select((device, index) => new DeviceDescription(Prefix + index, device.Name, DeviceKind.Cuda, IsGpu: true))];

    public static Device Open(int index)
    {
        CudaDevice device = Find()[index];
        return Device.Open(Prefix + index, device.Name, context => device.CreateCudaAccelerator(context), a => DeviceProfile.Cuda(a.NumMultiprocessors, a.MaxNumThreadsPerMultiprocessor));
    }

    private static CudaDevice[] Find()
    {
        DriverLibraries.EnsureFound();
        try
        {
            return [.. CudaDevice.GetDevices(_ => true).OfType<CudaDevice>()];
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or CudaException or NotSupportedException)
        {
            // No driver: there are no CUDA devices.
            return [];
        }
    }
}
