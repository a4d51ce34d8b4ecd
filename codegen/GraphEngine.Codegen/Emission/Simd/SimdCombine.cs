using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>The SIMD schedule of ordered partial sums: lanes share the columns, every sum is taken in the order of its slots.</summary>
internal static class SimdCombine
{
    public static (string Summary, CodeWriter Members) Emit(Kernel.Combine kernel, KernelArguments arguments)
    {
        Kernel.Outer outer = kernel.Of;
        int size = outer.Target.Type.Row.Size;
        string target = arguments.Tensor(outer.Target), partials = arguments.Tensor(outer.Partials);
        // The shares are those of the kernel that made the partial sums: equal recipes are equal tables.
        string splits = arguments.Table(outer.Splits);
        string count = arguments.Count(outer.Types.To);
        CodeWriter body = new();
        body.Line($"first = (int)({size}L * lane / lanes);").Line($"last = (int)({size}L * (lane + 1) / lanes);");
        using (body.Open($"for (int s = 0; s < {count}; s++)"))
        {
            body.Line($"int slot = {splits}[3 * s], slots = {splits}[3 * s + 1];");
            body.Line($"if (slots == 0 && {splits}[3 * s + 2] == 0)");
            body.Line("    continue;");
            body.Line($"float* y = {target} + (nint)s * {size};");
            using (body.Open("if (slots == 0)"))
                body.Line("new Span<float>(y + first, last - first).Clear();").Line("continue;");
            using (body.Open("for (int c = first; c < last; c++)"))
            {
                body.Line("float sum = 0f;");
                body.Line("for (int k = 0; k < slots; k++)");
                body.Line($"    sum += {partials}[(nint){splits}[slot + k] * {size} + c];");
                body.Line("y[c] = sum;");
            }
        }
        return ($"{outer.Types.To}: ordered sums of partial sums", SimdEmitter.Frame(arguments, body.ToString()));
    }
}
