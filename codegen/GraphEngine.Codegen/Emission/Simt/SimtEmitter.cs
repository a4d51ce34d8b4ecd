using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// Prints kernels for GPUs: work items per row and four columns, several lanes of them where rows visit items, products in tiles of shared memory
/// with blocks of registers. Elements are counted in 32 bits, and so are those that loops step over behind the end: a tensor has somewhat fewer than
/// 2^31.
/// </summary>
internal static class SimtEmitter
{
    /// <summary>Prints a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="profile">A profile of an OpenCL or CUDA device.</param>
    public static EmittedKernel Emit(Kernel kernel, DeviceProfile profile)
    {
        if (kernel.Reads.Concat(kernel.Writes).FirstOrDefault(b => b.Window is not null) is TensorBuffer window)
            throw new NotSupportedException($"The kernel {kernel.Name} expects a block of {window} at a time, but SIMT kernels visit all rows; compile with the options of the device's profile.");
        KernelArguments arguments = new();
        SimtText text = kernel switch
        {
            Kernel.Traversal { ItemStores: [] } t => SimtTraversal.Emit(t, arguments, profile),
            Kernel.Segments s => SimtSegments.Emit(s, arguments, profile),
            Kernel.Gemm g => SimtGemm.Emit(g, arguments, profile),
            Kernel.Outer { Order: null } o when SimtColumnSums.Suits(o, profile) => SimtColumnSums.Emit(o, arguments, profile),
            Kernel.Outer { Order: null } o => SimtOuter.Emit(o, arguments, profile),
            Kernel.Combine c => SimtCombine.Emit(c, arguments, profile),
            _ => throw new NotSupportedException($"The kernel {kernel.Name} has no SIMT form."),
        };
        KernelSource source = arguments.Print(kernel.Name, text.Summary, text.Members.ToString(), simd: false);
        return new EmittedKernel(kernel, source, arguments.Tensors, arguments.Tables, arguments.Counts, text.Grid, text.GroupSize);
    }
}
