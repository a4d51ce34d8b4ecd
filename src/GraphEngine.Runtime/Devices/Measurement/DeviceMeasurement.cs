using System.Diagnostics;
using GraphEngine.Codegen;
using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>Measures the bandwidth and the multiply-add rate of a device, so that the speed of kernels can be told as a share of them.</summary>
public static class DeviceMeasurement
{
    // Three arrays of 128 MiB: several times the last cache that one process sees.
    private const int TriadFloats = 32 << 20;

    // Some 10 ms on two cores, and on a GPU of any size.
    private const int CpuFmaSteps = 1_000_000;
    private const int SimtFmaSteps = 2_000;
    private const int Repeats = 5;

    // x / 2 + 1 converges to 2: no chain overflows or becomes denormal.
    private static readonly float[] Factor = [0.5f];
    private static readonly float[] Addend = [1f];

    /// <summary>Measures a device; takes about a second.</summary>
    /// <param name="device">The device.</param>
    /// <exception cref="InsufficientMemoryException">The device has no 400 MB free.</exception>
    /// <exception cref="ObjectDisposedException">The device is closed.</exception>
    public static DeviceRates Measure(Device device)
    {
        KernelAssembly kernels = KernelCache.Default.Load(MeasurementKernels.For(device.Profile), device.Profile);
        // A program that ran at the same time would be measured, too.
        lock (device.Running)
            return new DeviceRates(Bandwidth(device, kernels), FmaRate(device, kernels));
    }

    private static double Bandwidth(Device device, KernelAssembly kernels)
    {
        using DeviceBuffer<float> x = new(device, TriadFloats);
        using DeviceBuffer<float> y = new(device, TriadFloats);
        using DeviceBuffer<float> z = new(device, TriadFloats);
        foreach (DeviceBuffer<float> array in (DeviceBuffer<float>[])[x, y, z])
            array.View.MemSetToZero(device.Accelerator.DefaultStream);
        double seconds = BestSeconds(device, kernels, MeasurementKernels.Triad, [x.View, y.View, z.View], TriadFloats);
        return 3.0 * sizeof(float) * TriadFloats / seconds * 1e-9;
    }

    private static double FmaRate(Device device, KernelAssembly kernels)
    {
        using var factor = device.Accelerator.Allocate1D(Factor);
        using var addend = device.Accelerator.Allocate1D(Addend);
        KernelConfig config = Config(device.Profile);
        using var result = device.Accelerator.Allocate1D<float>(config.Size);
        bool simd = device.Profile.Kind == DeviceKind.Cpu;
        int steps = simd ? CpuFmaSteps : SimtFmaSteps;
        double seconds = BestSeconds(device, kernels, MeasurementKernels.Fma, [factor.View, addend.View, result.View], steps);
        double perStep = simd
            ? MeasurementKernels.SimdChains * device.Profile.VectorFloats
            : MeasurementKernels.SimtChains * MeasurementKernels.SimtUnroll;
        return 2.0 * perStep * steps * config.Size / seconds * 1e-9;
    }

    private static double BestSeconds(Device device, KernelAssembly kernels, string kernel, ArrayView<float>[] views, int count)
    {
        KernelConfig config = Config(device.Profile);
        using Kernel loaded = device.Load(kernels.Entry(kernel), device.Profile.GroupSize);
        Action<AcceleratorStream> launch = kernels.Binder(kernel)(loaded, config, views, [], [count]);
        AcceleratorStream stream = device.Accelerator.DefaultStream;
        double best = double.MaxValue;
        for (int i = 0; i <= Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            launch(stream);
            stream.Synchronize();
            // The first launch compiles and touches; the best of the others is the least disturbed by other programs.
            if (i > 0)
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    // Every lane once on the CPU; twice as many work items as fit elsewhere.
    private static KernelConfig Config(DeviceProfile profile) => profile.Kind == DeviceKind.Cpu
        ? new KernelConfig(profile.Lanes / profile.GroupSize, profile.GroupSize)
        : new KernelConfig(2 * profile.Lanes / profile.GroupSize, profile.GroupSize);
}
