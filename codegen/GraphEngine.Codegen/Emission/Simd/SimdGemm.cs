using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// The SIMD schedule of rows times typed weights. A lane walks its rows in tiles that stay in its cache and never cross a type: the left operand is
/// computed into a tile where it is neither memory nor rows of a list, the product is made by register-blocked micro-kernels, and the epilogue reads
/// it while it is hot.
/// </summary>
internal static class SimdGemm
{
    public static (string Summary, CodeWriter Members) Emit(Kernel.Gemm kernel, KernelArguments arguments, DeviceProfile profile)
    {
        GemmShape shape = GemmShape.Of(kernel, profile);
        KernelSource product = shape.Micro.Print(shape.ASize, shape.YSize);
        arguments.Parts.Add(product);

        // Arguments are numbered in the order in which they are named.
        string target = arguments.Tensor(kernel.Store.Target);
        string pointers = arguments.Table(new IndexTable.Pointers(kernel.Types)), types = arguments.Count(kernel.Types.To);
        GemmWeights weights = new(shape, arguments, profile, pointers);

        SimdExpressions expressions = new(arguments, profile.VectorFloats, kernel) { ProductRow = "y" };
        expressions.Open(null);
        string prologue = shape.IsComputed ? TileOperand.Fill(expressions, arguments, kernel.Row, kernel.A, "x", "row", profile.VectorFloats) : "";
        string epilogue = shape.IsDirect ? "" : Epilogue(expressions, kernel, shape.YSize, profile.VectorFloats);
        string constants = expressions.Close();
        string multiply = Multiply(shape, product, Ahead(shape, arguments));

        CodeWriter body = new();
        body.Line("if (first >= last)").Line("    return;");
        body.Line($"int row = first, segment = Simd.SegmentOf({pointers}, {types}, row);");
        weights.PrintHead(body);
        body.Lines(constants);
        if (shape.AFloats + shape.YFloats + shape.WeightFloats is > 0 and int floats)
            body.Line($"float* scratch = LaneScratch.Rent({floats});");
        using (body.Open("while (row < last)"))
        {
            body.Line($"while ({pointers}[segment + 1] <= row)").Line("    segment++;");
            body.Line($"int end = Math.Min(Math.Min(last, {pointers}[segment + 1]), row + {shape.TileRows});");
            body.Line($"float* x = {Rows(shape, arguments)};").Lines(prologue);
            body.Line(shape.IsDirect ? $"float* y = {target} + (nint)row * {shape.YSize};" : $"float* y = scratch + {shape.AFloats};");
            weights.PrintPlace(body);
            if (shape.Start is not null)
                body.Line($"float* start = {arguments.Tensor(shape.Start)} + (nint)segment * {shape.YSize};");
            weights.PrintProduct(body, multiply);
            body.Lines(epilogue);
            body.Line("row = end;");
        }
        return ($"{kernel.Types.From}: rows x typed weights, {shape.K} -> {shape.N}", SimdEmitter.Frame(arguments, body.ToString()));
    }

    /// <summary>Where the left operand of a tile lies.</summary>
    private static string Rows(GemmShape shape, KernelArguments arguments) =>
        shape.Gathered is (TensorBuffer rows, _) ? arguments.Tensor(rows)
        : shape.Plain is TensorBuffer plain ? $"{arguments.Tensor(plain)} + (nint)row * {shape.ASize}"
        : "scratch";

    /// <summary>Which rows of the left operand are fetched ahead: those of a list, those some way behind, or none of a tile.</summary>
    private static string Ahead(GemmShape shape, KernelArguments arguments) =>
        shape.Gathered is (_, IndexTable list) ? $"{arguments.Table(list)} + row" : shape.Plain is { Window: null } ? $"{shape.Micro.Distance}" : "0";

    private static string Multiply(GemmShape shape, KernelSource product, string ahead)
    {
        CodeWriter text = new();
        for (int h = 0; h < shape.Products; h++)
        {
            (int aHead, int weightHead) = shape.PlaceOf(h, shape.K);
            string start = shape.Start is null ? "" : $", start + {h * shape.N}";
            text.Line($"{product.Name}.Multiply(x + {aHead}, w + {weightHead}, y + {h * shape.N}, end - row, {ahead}{start});");
        }
        return text.ToString();
    }

    private static string Epilogue(SimdExpressions expressions, Kernel.Gemm kernel, int ySize, int width)
    {
        CodeWriter text = new();
        expressions.Open(kernel.Row);
        SimdTraversal.Rows(expressions, [kernel.Store], kernel.Index, width);
        string row = expressions.Close();
        using (text.Open($"for (int i = row; i < end; i++, y += {ySize})"))
            text.Lines(row);
        return text.ToString();
    }
}
