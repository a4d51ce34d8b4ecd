using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// The SIMD schedule of sums of rows by type, which are outer products with a column of ones: the sum stays in registers while a lane goes through
/// the rows of a type. Rows of one number, or one per head, are added as many at a time as a register holds. Places of sums are those of
/// <see cref="SimdOuter"/>.
/// </summary>
internal static class SimdColumnSums
{
    public static bool Suits(Kernel.Outer kernel) => kernel.A is Expression.Constant { Value: 1 };

    public static (string Summary, CodeWriter Members) Emit(Kernel.Outer kernel, KernelArguments arguments, DeviceProfile profile)
    {
        SimdExpressions expressions = new(arguments, profile.VectorFloats, kernel);
        CodeWriter sums = new();
        expressions.Open(null);
        foreach (ColumnBlock[] blocks in ColumnBlock.Disjoint(kernel.G, profile.VectorFloats).Chunk(expressions.UnrolledVectors))
        {
            using (sums.Open(""))
                PrintSum(sums, kernel, expressions, arguments, profile.VectorFloats, blocks);
        }
        string constants = expressions.Close();
        CodeWriter body = new();
        SimdOuter.PrintHead(body, kernel, arguments);
        body.Lines(constants);
        using (body.Open("while (row < last)"))
        {
            SimdOuter.PrintPlace(body, kernel, arguments);
            // Sums of tiles are added up: one long sum would lose digits.
            body.Line($"int end = Math.Min(Math.Min(last, {arguments.Table(new IndexTable.Pointers(kernel.Types))}[segment + 1]), row + {SimdOuter.TileRows(kernel)});");
            body.Lines(sums.ToString());
            body.Line("row = end;");
        }
        return ($"{kernel.Types.From}: sums of rows, {kernel.G.Row.Size}", SimdEmitter.Frame(arguments, body.ToString()));
    }

    private static void PrintSum(CodeWriter w, Kernel.Outer kernel, SimdExpressions expressions, KernelArguments arguments, int lanes, ColumnBlock[] blocks)
    {
        string[] names = [.. blocks.Select((_, i) => $"y{i}")];
        for (int i = 0; i < blocks.Length; i++)
            w.Line($"{blocks[i].Type} {names[i]} = default;");
        w.Line("int i = row;");
        if (blocks is [var only] && SimdRowLanes.Fits(kernel.G, lanes))
        {
            SimdRowLanes wide = new(expressions, arguments, kernel.Row, lanes, kernel.G.Row.Heads);
            string value = wide.Value(kernel.G);
            w.Line($"Vector{32 * lanes}<float> side = default;");
            using (w.Open($"for (; i + {wide.Rows} <= end; i += {wide.Rows})"))
                w.Lines(wide.Text.ToString()).Line($"side += {value};");
            w.Line($"{names[0]} = {SimdFunctions.Fold(ReduceKind.Sum, "side", lanes, only.Lanes)};");
        }
        expressions.Open(kernel.Row);
        expressions.Add(kernel.G, names, blocks);
        string text = expressions.Close();
        using (w.Open("for (; i < end; i++)"))
            w.Lines(text);
        for (int i = 0; i < blocks.Length; i++)
            w.Line(blocks[i].AddTo($"y + {blocks[i].Position(kernel.G.Row.HeadSize)}", names[i]));
    }
}
