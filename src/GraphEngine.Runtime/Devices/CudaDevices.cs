using System.Reflection;
using System.Runtime.InteropServices;
using GraphEngine.Codegen;
using GraphEngine.Codegen.Ilgpu;
using ILGPU;
using ILGPU.Runtime.Cuda;

namespace GraphEngine.Runtime;

/// <summary>The NVIDIA GPUs, when there is a driver.</summary>
internal static class CudaDevices
{
    public const string Prefix = "cuda:";

    static CudaDevices()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(CudaDevice).Assembly, Resolve);
        }
        catch (InvalidOperationException)
        {
            // ILGPU has set its own, as it does under WSL.
        }
    }

    public static IReadOnlyList<DeviceDescription> Describe() =>
        [.. Find().Select((device, index) => new DeviceDescription(Prefix + index, device.Name, DeviceKind.Cuda, IsGpu: true))];

    public static Device Open(int index)
    {
        CudaDevice device = Find()[index];
        Context context = IlgpuBackend.CreateContext();
        try
        {
            CudaAccelerator accelerator = device.CreateCudaAccelerator(context);
            DeviceProfile profile = DeviceProfile.Cuda(accelerator.NumMultiprocessors, accelerator.MaxNumThreadsPerMultiprocessor);
            return new Device(Prefix + index, device.Name, context, accelerator, profile);
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    private static CudaDevice[] Find()
    {
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

    // ILGPU asks for libcuda.so, which only the development package brings; containers have libcuda.so.1 alone, and would seem to have no GPU.
    private static IntPtr Resolve(string library, Assembly assembly, DllImportSearchPath? path) =>
        library == "cuda" && OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libcuda.so.1", out IntPtr handle) ? handle : IntPtr.Zero;
}
