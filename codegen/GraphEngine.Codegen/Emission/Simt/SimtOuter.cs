using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The SIMT schedule of sums of outer products: a group per share of rows, head and tile of the sum.
/// </summary>
internal static class SimtOuter
{
    // Longer steps than there are rows of a sum would be idle.
    private const int MostStep = 64;

    public static SimtText Emit(Kernel.Outer kernel, KernelArguments arguments, DeviceProfile profile)
    {
        int heads = kernel.Target.Type.Row.Heads, rows = kernel.A.Row.HeadSize, columns = kernel.G.Row.HeadSize, workers = kernel.Partials.FixedRows / 2;
        SimtOperand left = new("Left", kernel.A), right = new("Right", kernel.G);
        SimtTile tile = SimtTile.For(rows, columns, MostStep, kernel.Schedule, profile, profile.SharedMemoryBytes);
        int down = (rows + tile.Rows - 1) / tile.Rows, across = tile.Panels(columns), parts = heads * down * across;
        string target = $"a.{arguments.Tensor(kernel.Target)}", partials = $"a.{arguments.Tensor(kernel.Partials)}";
        CodeWriter w = new();
        using (w.Open("public static void Entry(Args a)"))
        {
            tile.Declare(w, tile.Rows, tile.Columns);
            w.Line(parts == 1 ? "int share = Grid.IdxX;" : $"int share = Grid.IdxX / {parts}, part = Grid.IdxX % {parts};");
            w.Line(parts == 1
                ? "const int h = 0, top = 0, column = 0;"
                : $"int h = part / {down * across}, top = part / {across} % {down} * {tile.Rows}, column = part % {across} * {tile.Columns};");
            SimtShare.Open(w, kernel, arguments);
            using (w.Open("while (row < last)"))
            {
                SimtShare.FindSum(w, kernel, arguments);
                tile.Accumulators(w);
                using (w.Open($"for (int k = row; k < end; k += {tile.Step})"))
                {
                    tile.Fill(w, Fill("A", tile.Rows, left, "top", rows), Fill("B", tile.Columns, right, "column", columns));
                    tile.Multiply(w, tile.Rows, tile.Columns, "end");
                }
                SimtShare.FindSlot(w, kernel, arguments, target, partials);
                for (int r = 0; r < tile.ItemRows; r++)
                    w.Line($"Store(sums, slot, h, top + {tile.Row(r)}, column + tx * 4, y{r});");
                w.Line("row = end;");
            }
        }
        left.Print(w, arguments, kernel.Row);
        right.Print(w, arguments, kernel.Row);
        PrintStore(w, heads, rows, columns);
        return new SimtText(
            $"{kernel.Types.From}: sums of outer products, {rows} x {columns}", w, GridSize.Of(workers * parts), tile.GroupSize);
    }

    private static SimtFill Fill(string name, int width, SimtOperand operand, string start, int extent)
    {
        string unit = operand.Lanes == 1 ? "" : " * 4", first = operand.Lanes == 1 ? start : $"{start} / 4";
        return extent % width == 0 && !operand.IsSum
            ? new SimtFill(name, width, operand.Lanes, width, IsTurned: false, (r, s) => operand.Call($"IntrinsicMath.Min(k + {s}, end - 1)", $"{first} + {r}")) { Zero = (_, s) => $"k + {s} >= end" }
            : new SimtFill(name, width, operand.Lanes, width, IsTurned: false, (r, s) => operand.Call($"k + {s}", $"{first} + {r}"))
            {
                Condition = (r, s) => $"k + {s} < end && {start} + {r}{unit} < {extent}",
            };
    }

    private static void PrintStore(CodeWriter w, int heads, int rows, int columns)
    {
        w.Line();
        using (w.Open("private static void Store(ArrayView<float> sums, int slot, int h, int m, int n, Float4 y)"))
        {
            int lanes = columns % 4 == 0 ? 4 : 1;
            string row = $"((slot * {heads} + h) * {rows} + m) * {columns / lanes}";
            using (w.Open($"if (m < {rows})"))
            {
                if (lanes == 4)
                    w.Line($"if (n < {columns})").Line($"    Float4.Store(sums, {row} + n / 4, y);");
                else
                    w.Line($"for (int t = 0; t < 4 && n + t < {columns}; t++)").Line($"    sums[{row} + n + t] = Float4Math.At(y, t);");
            }
        }
    }
}
