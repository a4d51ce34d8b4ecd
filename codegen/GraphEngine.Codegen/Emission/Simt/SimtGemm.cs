using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The SIMT schedule of rows times typed weights: a group per tile of rows of one type, head and panel of columns. A table of tiles, made once per
/// graph, serves all types in one launch.
/// </summary>
internal static class SimtGemm
{
    public static SimtText Emit(Kernel.Gemm kernel, KernelArguments arguments, DeviceProfile profile)
    {
        int heads = kernel.Product.Row.Heads;
        (int k, int n) = kernel.Transposed ? (kernel.WeightRow.Columns, kernel.WeightRow.Rows) : (kernel.WeightRow.Rows, kernel.WeightRow.Columns);
        SimtOperand left = new("Left", kernel.A);
        SimtEpilogue epilogue = new(kernel);
        SimtTile tile = epilogue.IsInRegisters ? SimtTile.For(kernel.Schedule.GroupRows, n, k, kernel.Schedule, profile, profile.SharedMemoryBytes) : WithRoomForProducts(kernel, epilogue, k, n, profile);
        int panels = tile.Panels(n), parts = heads * panels;
        IndexTable.Tiles tiles = new(kernel.Types, tile.Rows);
        string table = $"a.{arguments.Table(tiles)}";

        CodeWriter w = new();
        using (w.Open("public static void Entry(Args a)"))
        {
            // No group leaves early: PoCL takes every branch behind a conditional barrier for one that all work items decide alike.
            tile.Declare(w, StrideA(tile), StrideB(tile, kernel));
            if (!epilogue.IsInRegisters)
                w.Line($"ArrayView<float> products = SharedMemory.Allocate<Float4>({tile.Rows * epilogue.Stride / 4}).Cast<float>();");
            w.Line(epilogue.IsInRegisters && parts > 1 ? $"int entry = Grid.IdxX / {parts} * 3, part = Grid.IdxX % {parts};" : "int entry = Grid.IdxX * 3;");
            w.Line($"int segment = {table}[entry], first = {table}[entry + 1], end = {table}[entry + 2];");
            if (epilogue.IsInRegisters)
            {
                Product(w, kernel, left, tile, arguments, k, n, parts);
                epilogue.FromRegisters(w, tile, n);
            }
            else
            {
                using (w.Open($"for (int part = 0; part < {parts}; part++)"))
                {
                    Product(w, kernel, left, tile, arguments, k, n, parts);
                    epilogue.ToShared(w, tile, n);
                }
                epilogue.FromShared(w, tile);
            }
        }
        left.Print(w, arguments, kernel.Row);
        epilogue.Print(w, arguments);
        return new SimtText(
            $"{kernel.Types.From}: rows x typed weights, {k} -> {n}", w,
            new GridSize(new RowCount(null, tiles), epilogue.IsInRegisters ? parts : 1, 3), tile.GroupSize);
    }

    private static void Product(CodeWriter w, Kernel.Gemm kernel, SimtOperand left, SimtTile tile, KernelArguments arguments, int k, int n, int parts)
    {
        int panels = tile.Panels(n), lanes = (kernel.Transposed ? k : n) % 4 == 0 ? 4 : 1;
        w.Line(parts == 1 ? "const int h = 0, column = 0;" : $"int h = part / {panels}, column = part % {panels} * {tile.Columns};");
        tile.Accumulators(w);
        if (kernel.SumsHeads)
        {
            using (w.Open($"for (int summed = 0; summed < {kernel.WeightRow.Heads}; summed++)"))
                Sums(w, kernel, left, tile, arguments, k, n, lanes, "summed");
        }
        else
        {
            Sums(w, kernel, left, tile, arguments, k, n, lanes, "h");
        }
    }

    /// <summary>Prints the walk along the rows of the left operand and down the weight of one head.</summary>
    private static void Sums(CodeWriter w, Kernel.Gemm kernel, SimtOperand left, SimtTile tile, KernelArguments arguments, int k, int n, int lanes, string head)
    {
        int strideA = StrideA(tile), strideB = StrideB(tile, kernel);
        string slice = kernel.WeightRow.Heads == 1 ? "segment" : $"(segment * {kernel.WeightRow.Heads} + {head})";
        w.Line($"int weight = {slice} * {k * n / lanes};");
        using (w.Open($"for (int k = 0; k < {k}; k += {tile.Step})"))
        {
            bool isWhole = k % tile.Step == 0;
            string Inner(string step, int width) => width == 1 ? $"k + {step} < {k}" : $"k + {step} * {width} < {k}";
            string At(string step) => $"{(left.Lanes == 1 ? "k" : "k / 4")} + {step}";
            // Products of rows beyond the last are not stored: what they are made from may be any row.
            SimtFill a = left.IsSum
                ? new("A", tile.Rows, left.Lanes, strideA, IsTurned: true, (r, s) => left.Call($"first + {r}", At(s), head))
                {
                    Condition = (r, s) => $"first + {r} < end{(isWhole ? "" : $" && {Inner(s, left.Lanes)}")}",
                }
                : new("A", tile.Rows, left.Lanes, strideA, IsTurned: true, (r, s) => left.Call($"IntrinsicMath.Min(first + {r}, end - 1)", At(s), head))
                {
                    Condition = isWhole ? null : (_, s) => Inner(s, left.Lanes),
                };
            SimtFill b = kernel.Transposed
                ? new("B", tile.Columns, lanes, strideB, IsTurned: true, (r, s) => Read(arguments, kernel, lanes, $"weight + (column + {r}) * {k / lanes} + {(lanes == 1 ? "k" : "k / 4")} + {s}"))
                {
                    Condition = isWhole && n % tile.Columns == 0 ? null : (r, s) => $"column + {r} < {n} && {Inner(s, lanes)}",
                }
                : new("B", tile.Columns, lanes, strideB, IsTurned: false, (r, s) => Read(arguments, kernel, lanes, $"weight + (k + {s}) * {n / lanes} + {(lanes == 1 ? "column" : "column / 4")} + {r}"))
                {
                    Condition = isWhole && n % tile.Columns == 0 ? null : (r, s) => $"column + {r}{(lanes == 1 ? "" : " * 4")} < {n} && {Inner(s, 1)}",
                };
            tile.Fill(w, a, b);
            tile.Multiply(w, strideA, strideB, isWhole ? null : $"{k}");
        }
    }

    private static int StrideA(SimtTile tile) => tile.Rows + SimtTile.Padding;

    private static int StrideB(SimtTile tile, Kernel.Gemm kernel) => tile.Columns + (kernel.Transposed ? SimtTile.Padding : 0);

    private static string Read(KernelArguments arguments, Kernel.Gemm kernel, int lanes, string at)
    {
        string view = $"a.{arguments.Tensor(kernel.Weight)}";
        return lanes == 1 ? $"{view}[{at}]" : $"Float4.Load({view}, {at})";
    }

    /// <summary>Fewer rows, until the rows of the product fit half of the shared memory.</summary>
    private static SimtTile WithRoomForProducts(Kernel.Gemm kernel, SimtEpilogue epilogue, int k, int n, DeviceProfile profile)
    {
        int rows = kernel.Schedule.GroupRows, most = profile.SharedMemoryBytes / 2 / sizeof(float);
        while (rows > 4 && rows * epilogue.Stride > most)
            rows /= 2;
        SimtTile tile = SimtTile.For(rows, n, k, kernel.Schedule, profile, profile.SharedMemoryBytes / 2, most / epilogue.Stride);
        return tile.Rows * epilogue.Stride <= most
            ? tile
            : throw new NotSupportedException(
                $"The kernel {kernel.Name} reads its product of {kernel.Product.Row.Size} columns other than element by element, and the rows of a tile do not fit {profile.SharedMemoryBytes} bytes of shared memory.");
    }
}
