using GraphEngine.Runtime;
using Xunit;
using Xunit.Sdk;

namespace GraphEngine.Testing;

/// <summary>
/// The devices that tests run on. Each is opened once per process; a test that makes a compilation fail must open its own. The environment variable
/// <c>GRAPHENGINE_TEST_DEVICES</c> names those that shall be used, with commas between them; without it all are that the machine has.
/// </summary>
public static class TestDevices
{
    /// <summary>The name of the CPU accelerator.</summary>
    public const string CpuName = "cpu";

    private const string PoclName = "pocl";
    private const string CudaName = "cuda";

    private const string Variable = "GRAPHENGINE_TEST_DEVICES";

    private static readonly string[] Wanted = Parse(Environment.GetEnvironmentVariable(Variable));

    private static readonly Lazy<Device?> SharedCpu = new(() => DeviceCatalogue.Open("cpu"));
    private static readonly Lazy<Device?> SharedPocl = new(() => OpenFirst(d => d.Id.StartsWith("opencl:", StringComparison.Ordinal) && !d.IsGpu));
    private static readonly Lazy<Device?> SharedCuda = new(() => OpenFirst(d => d.Id.StartsWith("cuda:", StringComparison.Ordinal)));

    /// <summary>The names that <see cref="Get"/> takes: the rows of a theory over all devices.</summary>
    public static TheoryData<string> Names => [CpuName, PoclName, CudaName];

    /// <summary>The names of the devices that run SIMT kernels at a useful speed.</summary>
    public static TheoryData<string> SimtNames => [PoclName, CudaName];

    /// <summary>The CPU accelerator.</summary>
    public static Device Cpu => Open(CpuName, SharedCpu, "");

    /// <summary>OpenCL on the CPU, where SIMT kernels really run in tests; the test is skipped when it is not installed.</summary>
    public static Device Pocl =>
        Open(PoclName, SharedPocl, "There is no OpenCL device on the CPU; install pocl-opencl-icd and ocl-icd-libopencl1 to run this test.");

    /// <summary>The first NVIDIA GPU; the test is skipped when there is none.</summary>
    public static Device Cuda => Open(CudaName, SharedCuda, "There is no NVIDIA GPU on this machine, or its driver is not visible.");

    /// <summary>A device by the name it has in <see cref="Names"/>.</summary>
    /// <param name="name">The name.</param>
    public static Device Get(string name) => name switch
    {
        CpuName => Cpu,
        PoclName => Pocl,
        CudaName => Cuda,
        _ => throw new ArgumentException($"There is no test device '{name}'.", nameof(name)),
    };

    private static string[] Parse(string? names)
    {
        string[] all = [CpuName, PoclName, CudaName], wanted = names?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return wanted.Except(all).FirstOrDefault() is { } unknown
            ? throw new InvalidOperationException($"{Variable} names '{unknown}'; choose from {string.Join(", ", all)}.")
            : wanted.Length > 0 ? wanted : all;
    }

    private static Device Open(string name, Lazy<Device?> shared, string missing)
    {
        if (!Wanted.Contains(name))
            throw SkipException.ForSkip($"{Variable} does not name '{name}'.");
        Device device = shared.Value ?? throw SkipException.ForSkip(missing);
        TestContext.Current.TestOutputHelper?.WriteLine($"Runs on {device}.");
        return device;
    }

    private static Device? OpenFirst(Func<DeviceDescription, bool> wanted) =>
        DeviceCatalogue.List().FirstOrDefault(wanted) is { } found ? DeviceCatalogue.Open(found.Id) : null;
}
