using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;

namespace GraphEngine.Runtime;

/// <summary>
/// Finds the libraries of drivers under the names that machines without development packages have. ILGPU asks for libcuda.so and libOpenCL.so,
/// would not find them in a container, and would report no device and no error.
/// </summary>
internal static class DriverLibraries
{
    static DriverLibraries()
    {
        NativeLibrary.SetDllImportResolver(typeof(DriverLibraries).Assembly, Resolve);
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
        }
        catch (InvalidOperationException)
        {
            // ILGPU has set its own, as it does under WSL.
        }
    }

    /// <summary>Has to run before ILGPU's first call into a driver; only the first call does anything.</summary>
    public static void EnsureFound()
    {
    }

    private static IntPtr Resolve(string library, Assembly assembly, DllImportSearchPath? path)
    {
        string? name = library switch
        {
            CudaDriver.Library when OperatingSystem.IsLinux() => "libcuda.so.1",
            CudaDriver.Library when OperatingSystem.IsWindows() => "nvcuda",
            "OpenCL" when OperatingSystem.IsLinux() => "libOpenCL.so.1",
            _ => null,
        };
        return name is not null && NativeLibrary.TryLoad(name, out IntPtr handle) ? handle : IntPtr.Zero;
    }
}
