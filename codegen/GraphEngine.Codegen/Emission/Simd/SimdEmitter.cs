using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// Prints kernels for the ILGPU CPU accelerator: as many lanes as cores, each with a balanced share of rows and vectors in registers.
/// </summary>
internal static class SimdEmitter
{
    public const string Attributes = "[MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining), SkipLocalsInit]";

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
            Kernel.Outer { Order: not null } o => SimdTypedSum.Emit(o, arguments, profile),
            Kernel.Outer o when SimdColumnSums.Suits(o) => SimdColumnSums.Emit(o, arguments, profile),
            Kernel.Outer o => SimdOuter.Emit(o, arguments, profile),
            Kernel.Combine { Of.Order: not null } c => SimdTypedSum.EmitCombine(c.Of, arguments),
            Kernel.Combine c => SimdCombine.Emit(c, arguments),
            _ => throw new NotSupportedException($"The kernel {kernel.Name} has no SIMD form."),
        };
        KernelSource source = arguments.Print(kernel.Name, summary, members.ToString(), simd: true);
        return new EmittedKernel(
            kernel, source, arguments.Tensors, arguments.Tables, arguments.Counts, GridSize.Of(profile.Lanes / profile.GroupSize), profile.GroupSize)
        {
            Parts = [.. arguments.Parts],
            Shares = SharesOf(kernel, profile),
        };
    }

    /// <summary>The rows of each lane; null where lanes share elements or columns.</summary>
    public static IndexTable.Shares? SharesOf(Kernel kernel, DeviceProfile profile) =>
        kernel is Kernel.Combine or Kernel.Traversal { IsFlat: true } ? null : new IndexTable.Shares(kernel.Work, profile.Lanes);

    /// <summary>
    /// The body that every lane runs for some of its rows; its text is made first, since it decides the arguments. A tensor of which only a block is
    /// kept is addressed as if it were whole.
    /// </summary>
    public static CodeWriter Frame(KernelArguments arguments, string body)
    {
        CodeWriter w = new();
        w.Line(Attributes);
        using (w.Open("private static void Body(Args a, int lane, int lanes, int first, int last)"))
        {
            for (int i = 0; i < arguments.Tensors.Count; i++)
                w.Line($"float* f{i} = (float*)Unsafe.AsPointer(ref a.f{i}[0]){Shift(arguments.Tensors[i])};");
            for (int i = 0; i < arguments.Tables.Count; i++)
                w.Line($"int* n{i} = (int*)Unsafe.AsPointer(ref a.n{i}[0]);");
            w.Lines(body);
        }
        return w;
    }

    private static string Shift(TensorBuffer buffer) => buffer.Window is { } window ? $" + ((nint)lane * {window.Rows} - first) * {buffer.Type.Row.Size}" : "";
}
