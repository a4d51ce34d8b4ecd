using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// The SIMD schedule of rows times typed weights. A lane walks its rows in tiles that stay in its cache and never cross a type: the left operand is
/// computed into a tile where it is neither memory nor rows of a list, the product is made by register-blocked micro-kernels, and the epilogue reads it while it is hot.
/// </summary>
internal static class SimdGemm
{
    private const int FewRows = 4;

    public static (string Summary, CodeWriter Members) Emit(Kernel.Gemm kernel, KernelArguments arguments, DeviceProfile profile)
    {
        int lanes = profile.VectorFloats, heads = kernel.Product.Row.Heads;
        (int headK, int n) = kernel.Transposed ? (kernel.WeightRow.Columns, kernel.WeightRow.Rows) : (kernel.WeightRow.Rows, kernel.WeightRow.Columns);
        // Weights of heads, turned or not, lie one below the other.
        int k = kernel.SumsHeads ? kernel.WeightRow.Heads * headK : headK;
        TensorBuffer? start = Start(kernel);
        // Narrow heads of one row are computed together: what is read of the row serves all of them.
        bool sideBySide = kernel.A.Row.Heads == 1 && kernel.WeightRow.Heads > 1 && !kernel.Transposed && n < MicroKernel.PanelOf(kernel.Schedule.PanelVectors, profile) * lanes;
        int products = sideBySide ? 1 : heads;
        n *= sideBySide ? heads : 1;
        TensorBuffer? plain = TileOperand.PlainRows(kernel.A, kernel.Row);
        (TensorBuffer Buffer, IndexTable List)? gathered = TileOperand.GatheredRows(kernel.A, kernel.Row);
        bool isComputed = plain is null && gathered is null;
        MicroKernel micro = new(k, n, kernel.Schedule.PanelVectors, profile, start is not null, gathered is not null);
        int tileRows = Math.Max(micro.Rows, kernel.Schedule.TileFloats / Math.Max(k, n) / micro.Rows * micro.Rows);
        bool direct = (ReferenceEquals(kernel.Store.Value, kernel.Product) || start is not null) && kernel.Index.Table is null;
        int aSize = kernel.A.Row.Size, ySize = kernel.Product.Row.Size;
        KernelSource product = micro.Print(aSize, ySize);
        arguments.Parts.Add(product);

        string y = arguments.Tensor(kernel.Store.Target), w = arguments.Tensor(kernel.Weight);
        string pointers = arguments.Table(new IndexTable.Pointers(kernel.Types));
        string types = arguments.Count(kernel.Types.To);
        string? kept = kernel.Packed is null ? null : arguments.Tensor(kernel.Packed), bounds = kernel.Packed is null ? null : arguments.Table(SimdEmitter.SharesOf(kernel, profile)!);

        SimdExpressions expressions = new(arguments, lanes, kernel) { ProductRow = "y" };
        expressions.Open(null);
        string prologue = isComputed ? TileOperand.Fill(expressions, arguments, kernel.Row, kernel.A, "x", "row", lanes) : "";
        string epilogue = direct ? "" : Epilogue(expressions, kernel, ySize, lanes);
        string constants = expressions.Close();

        CodeWriter body = new();
        string ahead = gathered is (_, IndexTable list) ? $"{arguments.Table(list)} + row" : plain is { Window: null } ? $"{micro.Distance}" : "0";
        int aFloats = isComputed ? tileRows * aSize : 0, yFloats = direct ? 0 : tileRows * ySize, wFloats = (kernel.Transposed || sideBySide) && kept is null ? kernel.WeightRow.Size : 0;
        int fewRows = start is null ? FewRows : 0;
        body.Line("if (first >= last)").Line("    return;");
        body.Line($"int row = first, segment = Simd.SegmentOf({pointers}, {types}, row);");
        // The weight of the rows before these is where this lane left it, if those were not too few for that.
        if (kernel.Transposed || sideBySide)
            body.Line(kept is null ? "int packed = -1;" : $"int packed = row - Math.Max({pointers}[segment], {bounds}[lane]) >= {Math.Max(1, fewRows)} ? segment : -1;");
        body.Lines(constants);
        if (aFloats + yFloats + wFloats > 0)
            body.Line($"float* scratch = LaneScratch.Rent({aFloats + yFloats + wFloats});");
        using (body.Open("while (row < last)"))
        {
            body.Line($"while ({pointers}[segment + 1] <= row)").Line("    segment++;");
            body.Line($"int end = Math.Min(Math.Min(last, {pointers}[segment + 1]), row + {tileRows});");
            body.Line(gathered is (TensorBuffer rows, _) ? $"float* x = {arguments.Tensor(rows)};" : plain is null ? "float* x = scratch;" : $"float* x = {arguments.Tensor(plain)} + (nint)row * {aSize};");
            body.Lines(prologue.Length > 0 ? prologue : "");
            body.Line(direct ? $"float* y = {y} + (nint)row * {ySize};" : $"float* y = scratch + {aFloats};");
            body.Line($"float* w = {(kept is not null ? $"{kept} + (nint)lane * {kernel.WeightRow.Size}" : wFloats > 0 ? $"scratch + {aFloats + yFloats}" : $"{w} + (nint)segment * {kernel.WeightRow.Size}")};");
            if (start is not null)
                body.Line($"float* start = {arguments.Tensor(start)} + (nint)segment * {ySize};");
            if (kernel.Transposed)
            {
                // Turning a weight costs as much as some rows of dots with it.
                if (fewRows > 0)
                {
                    using (body.Open($"if (packed != segment && end - row < {fewRows})"))
                    {
                        for (int h = 0; h < Math.Max(heads, kernel.WeightRow.Heads); h++)
                        {
                            (int aHead, int wHead) = Heads(kernel, h, headK, n);
                            body.Line($"for (int i = 0; i < end - row; i++)");
                            body.Line($"    Simd.Dots(x + {(gathered is (_, IndexTable of) ? $"(nint){arguments.Table(of)}[row + i]" : "i")} * {aSize} + {aHead}, {w} + (nint)segment * {kernel.WeightRow.Size} + {wHead}, y + i * {ySize} + {(kernel.SumsHeads ? 0 : h * n)}, {headK}, {n}, {(kernel.SumsHeads && h > 0 ? "true" : "false")});");
                        }
                    }
                }
                using (body.Open(fewRows > 0 ? "else" : ""))
                    PrintProduct();
            }
            else
            {
                PrintProduct();
            }
            body.Lines(epilogue);
            body.Line("row = end;");
        }

        void PrintProduct()
        {
            string weight = $"{w} + (nint)segment * {kernel.WeightRow.Size}";
            string[] packing = kernel.Transposed ? [.. Enumerable.Range(0, kernel.WeightRow.Heads).Select(h => $"Simd.Transpose({weight} + {h * headK * n}, w + {h * headK * n}, {n}, {headK});")]
                : sideBySide ? [$"Simd.SideBySide({weight}, w, {heads}, {k}, {n / heads});"] : [];
            if (packing.Length > 0)
            {
                using (body.Open("if (packed != segment)"))
                    body.Lines(string.Join('\n', packing)).Line("packed = segment;");
            }
            Multiply(body, kernel, product, products, ahead, k, n, start is null ? "" : ", start");
        }

        CodeWriter members = SimdEmitter.Frame(arguments, body.ToString());
        return ($"{kernel.Types.From}: rows x typed weights, {k} -> {n}", members);
    }

    private static void Multiply(CodeWriter body, Kernel.Gemm kernel, KernelSource product, int products, string ahead, int k, int n, string start)
    {
        for (int h = 0; h < products; h++)
        {
            (int aHead, int wHead) = Heads(kernel, h, k, n);
            body.Line($"{product.Name}.Multiply(x + {aHead}, w + {wHead}, y + {h * n}, end - row, {ahead}{start}{(start.Length > 0 ? $" + {h * n}" : "")});");
        }
    }

    /// <summary>The vector per type that is added to each product and nothing else: the sums of the product start with it.</summary>
    private static TensorBuffer? Start(Kernel.Gemm kernel)
    {
        if (kernel.Index.Table is not null || kernel.Store.Value is not Expression.Binary { Kind: BinaryKind.Add } sum)
            return null;
        Expression other = ReferenceEquals(sum.A, kernel.Product) ? sum.B : ReferenceEquals(sum.B, kernel.Product) ? sum.A : sum;
        return other is Expression.Load load && load.Index == kernel.Index.Through(kernel.Types) && load.Row == kernel.Product.Row && sum.Row == kernel.Product.Row ? load.Buffer : null;
    }

    /// <summary>Where a head's part of the left operand and of the weight starts.</summary>
    private static (int A, int Weight) Heads(Kernel.Gemm kernel, int head, int k, int n) => (kernel.A.Row.Heads == 1 ? 0 : head * k, kernel.WeightRow.Heads == 1 ? 0 : head * k * n);

    private static string Epilogue(SimdExpressions expressions, Kernel.Gemm kernel, int ySize, int lanes)
    {
        CodeWriter text = new();
        expressions.Open(kernel.Row);
        SimdTraversal.Rows(expressions, [kernel.Store], kernel.Index, lanes);
        string row = expressions.Close();
        using (text.Open($"for (int i = row; i < end; i++, y += {ySize})"))
            text.Lines(row);
        return text.ToString();
    }
}
