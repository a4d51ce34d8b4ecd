using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>Prints kernels for the ILGPU CPU accelerator: as many lanes as cores, each with a balanced share of rows and vectors in registers.</summary>
public static class SimdEmitter
{
    internal const string Attributes = "[MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining), SkipLocalsInit]";

    /// <summary>Prints a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="profile">A CPU profile.</param>
    public static EmittedKernel Emit(Kernel kernel, DeviceProfile profile)
    {
        KernelArguments arguments = new();
        (string summary, CodeWriter members) = kernel switch
        {
            Kernel.Traversal t => SimdTraversal.Emit(t, arguments, profile),
            Kernel.Segments s => SimdSegments.Emit(s, arguments, profile),
            Kernel.Gemm g => SimdGemm.Emit(g, arguments, profile),
            Kernel.Outer o => SimdOuter.Emit(o, arguments, profile),
            Kernel.Combine c => SimdCombine.Emit(c, arguments),
            _ => throw new NotSupportedException($"The kernel {kernel.Name} has no SIMD form."),
        };
        KernelSource source = arguments.Print(kernel.Name, summary, members.ToString(), simd: true);
        return new EmittedKernel(
            kernel, source, arguments.Tensors, arguments.Tables, arguments.Counts, GridSize.Of(profile.Lanes / profile.GroupSize), profile.GroupSize)
        {
            Parts = [.. arguments.Parts],
        };
    }

    /// <summary>The body that every lane runs; its text is made first, since it decides the arguments.</summary>
    internal static CodeWriter Frame(KernelArguments arguments, string body)
    {
        CodeWriter w = new();
        w.Line(Attributes);
        using (w.Open("private static void Body(Args a, int lane, int lanes)"))
        {
            for (int i = 0; i < arguments.Tensors.Count; i++)
                w.Line($"float* f{i} = (float*)Unsafe.AsPointer(ref a.f{i}[0]);");
            for (int i = 0; i < arguments.Tables.Count; i++)
                w.Line($"int* n{i} = (int*)Unsafe.AsPointer(ref a.n{i}[0]);");
            w.Lines(body);
        }
        return w;
    }
}
