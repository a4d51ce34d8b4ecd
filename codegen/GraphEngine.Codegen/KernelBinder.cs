using ILGPU;
using ILGPU.Runtime;

namespace GraphEngine.Codegen;

/// <summary>
/// Fixes the arguments of a generated kernel. The launch that comes back enqueues the kernel on a stream without allocating or waiting.
/// </summary>
/// <param name="kernel">The loaded entry method.</param>
/// <param name="config">Groups and group size.</param>
/// <param name="floats">The float views, in the order of the kernel's model.</param>
/// <param name="ints">The index views, in the order of the kernel's model.</param>
/// <param name="scalars">The scalars, in the order of the kernel's model.</param>
public delegate Action<AcceleratorStream> KernelBinder(
    Kernel kernel, KernelConfig config, ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars);
