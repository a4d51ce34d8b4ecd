using GraphEngine.Codegen;
using GraphEngine.Runtime;
using ILGPU;
using ILGPU.Runtime;
using Device = GraphEngine.Runtime.Device;

namespace GraphEngine.Testing;

/// <summary>Compiles, binds and launches one kernel on host arrays: what a test of a kernel needs.</summary>
public static class KernelRun
{
    private static readonly KernelCache Cache = new(folder: null);

    /// <summary>Runs a kernel once and copies the last float array back.</summary>
    /// <param name="device">Where.</param>
    /// <param name="source">The kernel.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="groupSize">The size of a group.</param>
    /// <param name="floats">The float arrays, in the order of the kernel's views.</param>
    /// <param name="ints">The index arrays, in the order of the kernel's views.</param>
    /// <param name="scalars">The scalars.</param>
    public static void Once(Device device, KernelSource source, int groups, int groupSize, float[][] floats, int[][] ints, int[] scalars)
    {
        KernelAssembly kernels = Cache.Load([source], device.Profile);
        Kernel kernel = device.Load(kernels.Entry(source.Name), groupSize);
        MemoryBuffer1D<float, Stride1D.Dense>[] floatBuffers = [.. floats.Select(f => Upload(device, f))];
        MemoryBuffer1D<int, Stride1D.Dense>[] intBuffers = [.. ints.Select(i => Upload(device, i))];
        try
        {
            ArrayView<float>[] floatViews = [.. floatBuffers.Select(b => (ArrayView<float>)b.View)];
            ArrayView<int>[] intViews = [.. intBuffers.Select(b => (ArrayView<int>)b.View)];
            kernels.Binder(source.Name)(kernel, new KernelConfig(groups, groupSize), floatViews, intViews, scalars)(device.Accelerator.DefaultStream);
            device.Synchronize();
            floatBuffers[^1].GetAsArray1D().AsSpan(0, floats[^1].Length).CopyTo(floats[^1]);
        }
        finally
        {
            foreach (IDisposable buffer in floatBuffers.Concat<IDisposable>(intBuffers))
                buffer.Dispose();
        }
    }

    /// <summary>Runs a kernel of the SIMD form: one launch over all lanes of the CPU.</summary>
    /// <param name="device">The CPU device.</param>
    /// <param name="source">The kernel.</param>
    /// <param name="floats">The float arrays, in the order of the kernel's views; the last is copied back.</param>
    /// <param name="ints">The index arrays, in the order of the kernel's views.</param>
    /// <param name="scalars">The scalars.</param>
    public static void OverLanes(Device device, KernelSource source, float[][] floats, int[][] ints, int[] scalars) =>
        Once(device, source, device.Profile.Lanes / device.Profile.GroupSize, device.Profile.GroupSize, floats, ints, scalars);

    private static MemoryBuffer1D<T, Stride1D.Dense> Upload<T>(Device device, T[] data)
        where T : unmanaged
    {
        // ILGPU cannot allocate nothing.
        MemoryBuffer1D<T, Stride1D.Dense> buffer = device.Accelerator.Allocate1D<T>(Math.Max(1, data.Length));
        if (data.Length > 0)
            buffer.CopyFromCPU(data);
        return buffer;
    }
}
