using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>An operand of a GEMM: rows of memory as they are, or rows computed into a tile.</summary>
internal static class TileOperand
{
    /// <summary>The tensor whose rows, in their own order, are the operand; null when it must be computed.</summary>
    public static TensorBuffer? PlainRows(Expression operand, LoopVariable row) =>
        operand is Expression.Load { Index: { Table: null } index } load && ReferenceEquals(index.Loop, row) ? load.Buffer : null;

    /// <summary>
    /// The tensor and the list of its rows that are the operand; null for other operands, and for windows, which have rows of their own for each
    /// lane.
    /// </summary>
    public static (TensorBuffer Buffer, IndexTable List)? GatheredRows(Expression operand, LoopVariable row) =>
        operand is Expression.Load { Index: { Table: IndexTable list } index } load && ReferenceEquals(index.Loop, row) && load.Buffer.Window is null ? (load.Buffer, list) : null;

    /// <summary>Prints the loop that fills a tile for the rows from <c>row</c> to <c>end</c>.</summary>
    public static string Fill(SimdExpressions expressions, KernelArguments arguments, LoopVariable loop, Expression operand, string tile, string first, int lanes)
    {
        TensorBuffer rows = new(tile, new Ir.TensorType(Spaces.Space.Fixed("tile", 0), operand.Row), isPersistent: false);
        CodeWriter text = new();
        expressions.Open(loop);
        SimdTraversal.Rows(expressions, [new Store(rows, operand)], RowIndex.Zero, lanes, $"{tile}_");
        string row = expressions.Close();
        using (text.Open(""))
        {
            text.Line($"float* {tile}_ = {tile};");
            text.Line($"int i = {first};");
            if (SimdRowLanes.Fits(operand, lanes))
            {
                SimdRowLanes wide = new(expressions, arguments, loop, lanes, operand.Row.Heads);
                string value = wide.Value(operand);
                using (text.Open($"for (; i + {wide.Rows} <= end; i += {wide.Rows}, {tile}_ += {lanes})"))
                    text.Lines(wide.Text.ToString()).Line($"{value}.Store({tile}_);");
            }
            using (text.Open($"for (; i < end; i++, {tile}_ += {operand.Row.Size})"))
                text.Lines(row);
        }
        return text.ToString();
    }
}
