using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// The SIMD schedule of sums by type whose rows do not come type by type: a lane has a sum of its own for each type, all of them in its cache, and
/// adds each row to the sum of its type. The sums of all lanes are added in their order.
/// </summary>
internal static class SimdTypedSum
{
    public static (string Summary, CodeWriter Members) Emit(Kernel.Outer kernel, KernelArguments arguments, DeviceProfile profile)
    {
        int size = kernel.Target.Type.Row.Size;
        string partials = arguments.Tensor(kernel.Partials), types = arguments.Count(kernel.Types.To);
        string type = arguments.Table(kernel.RowTypes);
        SimdExpressions expressions = new(arguments, profile.VectorFloats, kernel);
        expressions.Open(null);
        expressions.Open(kernel.Row);
        expressions.Text.Line($"float* y = sums + (nint){type}[i] * {size};");
        foreach (ColumnBlock[] blocks in ColumnBlock.Disjoint(kernel.G, profile.VectorFloats).Chunk(expressions.UnrolledVectors))
        {
            foreach ((ColumnBlock block, string value) in blocks.Zip(expressions.EmitWide(kernel.G, kernel.G.Row, blocks)))
                expressions.Text.Line(block.AddTo($"y + {block.Position(kernel.G.Row.HeadSize)}", value));
        }
        string row = expressions.Close();
        CodeWriter body = new();
        body.Lines(expressions.Close());
        body.Line($"float* sums = {partials} + (nint)lane * {types} * {size};");
        body.Line($"new Span<float>(sums, {types} * {size}).Clear();");
        using (body.Open("for (int i = first; i < last; i++)"))
            body.Lines(row);
        return ($"{kernel.Types.From}: sums by type, in the order of {kernel.Order}", SimdEmitter.Frame(arguments, body.ToString()));
    }

    /// <summary>Adds the sums of all lanes; they share the columns.</summary>
    public static (string Summary, CodeWriter Members) EmitCombine(Kernel.Outer outer, KernelArguments arguments)
    {
        int size = outer.Target.Type.Row.Size;
        string target = arguments.Tensor(outer.Target), partials = arguments.Tensor(outer.Partials), types = arguments.Count(outer.Types.To);
        CodeWriter body = new();
        body.Line($"int count = {types} * {size};");
        body.Line("first = (int)((long)count * lane / lanes);").Line("last = (int)((long)count * (lane + 1) / lanes);");
        using (body.Open("for (int c = first; c < last; c++)"))
        {
            body.Line("float sum = 0f;");
            body.Line("for (int k = 0; k < lanes; k++)");
            body.Line($"    sum += {partials}[(nint)k * count + c];");
            body.Line($"{target}[c] = sum;");
        }
        return ($"{outer.Types.To}: ordered sums of the lanes' sums", SimdEmitter.Frame(arguments, body.ToString()));
    }
}
