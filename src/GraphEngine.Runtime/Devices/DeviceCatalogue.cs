using System.Globalization;

namespace GraphEngine.Runtime;

/// <summary>Finds and opens devices. Drivers are slow to wake, so only those that are asked for are touched.</summary>
public static class DeviceCatalogue
{
    /// <summary>The id that stands for the best device: CUDA, then an OpenCL GPU, then the CPU.</summary>
    public const string Auto = "auto";

    /// <summary>Everything that <see cref="Open(string)"/> would accept, in the order of preference within each family.</summary>
    public static IReadOnlyList<DeviceDescription> List() => [CpuDevices.Describe(), .. CudaDevices.Describe(), .. OpenClDevices.Describe()];

    /// <summary>Opens a device.</summary>
    /// <param name="id"><c>auto</c>, <c>cpu</c>, <c>cuda:N</c> or <c>opencl:N</c>.</param>
    /// <exception cref="DeviceNotFoundException">There is no such device; the message lists those that exist.</exception>
    public static Device Open(string id) => id switch
    {
        Auto => Open(BestId()),
        CpuDevices.Id => CpuDevices.Open(),
        _ when TryIndex(id, CudaDevices.Prefix, out int index) => Open(id, index, CudaDevices.Describe(), CudaDevices.Open, "an NVIDIA driver"),
        _ when TryIndex(id, OpenClDevices.Prefix, out int index) => Open(id, index, OpenClDevices.Describe(), OpenClDevices.Open, "an OpenCL loader and driver"),
        _ => throw new DeviceNotFoundException($"'{id}' is not a device id; use auto, cpu, cuda:N or opencl:N. {Existing()}"),
    };

    private static string BestId() =>
        CudaDevices.Describe().Count > 0 ? CudaDevices.Prefix + "0" : OpenClDevices.Describe().FirstOrDefault(d => d.IsGpu)?.Id ?? CpuDevices.Id;

    private static Device Open(string id, int index, IReadOnlyList<DeviceDescription> found, Func<int, Device> open, string needed)
    {
        if (index >= found.Count)
            throw new DeviceNotFoundException($"There is no device '{id}'{(found.Count == 0 ? $"; it needs {needed}" : "")}. {Existing()}");
        try
        {
            return open(index);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever a driver throws here, the user's question is the same: why can this device not be used?
            throw new DeviceNotFoundException($"The device '{id}' ({found[index].Name}) does not open: {e.GetBaseException().Message} {Existing()}", e);
        }
    }

    private static string Existing() => $"This machine has {string.Join(", ", List().Select(d => $"{d.Id} ({d.Name})"))}.";

    private static bool TryIndex(string id, string prefix, out int index)
    {
        index = 0;
        return id.StartsWith(prefix, StringComparison.Ordinal)
            && int.TryParse(id.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
