using System.Reflection;
using GraphEngine.Codegen;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime.OpenCL;

namespace GraphEngine.Runtime;

/// <summary>The devices behind the OpenCL loader, when there is one.</summary>
internal static class OpenClDevices
{
    public const string Prefix = "opencl:";

    public static IReadOnlyList<DeviceDescription> Describe() => [.. Find().Select(Describe)];

    public static Device Open(int index)
    {
        CLDevice device = Find()[index];
        return Device.Open(
            Prefix + index, device.Name, context => device.CreateCLAccelerator(context),
            a => DeviceProfile.OpenCl(a.NumMultiprocessors, a.MaxNumThreadsPerGroup, a.MaxSharedMemoryPerGroup));
    }

    private static DeviceDescription Describe(CLDevice device, int index) =>
        new(Prefix + index, device.Name, DeviceKind.OpenCl, (device.DeviceType & CLDeviceType.CL_DEVICE_TYPE_GPU) != 0);

    private static CLDevice[] Find()
    {
        DriverLibraries.EnsureFound();
        try
        {
            return [.. CLDevice.GetDevices(Accept).OfType<CLDevice>()];
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or CLException or NotSupportedException)
        {
            // No loader, or a loader without a driver: there are no OpenCL devices.
            return [];
        }
    }

    // ILGPU refuses OpenCL 3.0 devices without a generic address space, PoCL among them, although kernels that have passed through the
    // AddressSpaceHook do not use it. The setters are not public; CL2.0 is the dialect in which shared memory compiles.
    private static bool Accept(CLDevice device)
    {
        if (device.CLStdVersion < CLBackend.MinimumVersion)
            return false;
        if (!device.Capabilities.GenericAddressSpace)
        {
            Set(device.Capabilities, nameof(CLCapabilityContext.GenericAddressSpace), true);
            Set(device, nameof(CLDevice.DeviceVersion), CLDeviceVersion.CL20);
        }
        return true;
    }

    private static void Set(object target, string property, object value) =>
        target.GetType().GetProperty(property, BindingFlags.Instance | BindingFlags.Public)!.SetValue(target, value);
}
