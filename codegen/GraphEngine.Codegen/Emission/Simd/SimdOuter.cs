using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// The SIMD schedule of sums of outer products. Each lane walks its rows in tiles and adds them up in registers, block by block; a sum whose rows all
/// belong to the lane is written to its place, the first and last sum of a lane may be shared with its neighbours and go to the lane's two slots.
/// </summary>
internal static class SimdOuter
{
    private const int MostRows = 12;
    private const int FloatsOfLine = 16;

    public static (string Summary, CodeWriter Members) Emit(Kernel.Outer kernel, KernelArguments arguments, DeviceProfile profile)
    {
        int lanes = profile.VectorFloats, heads = kernel.Target.Type.Row.Heads;
        int rows = kernel.A.Row.HeadSize, columns = kernel.G.Row.HeadSize;
        TensorBuffer? plainA = TileOperand.PlainRows(kernel.A, kernel.Row), plainG = TileOperand.PlainRows(kernel.G, kernel.Row);
        (TensorBuffer Buffer, IndexTable List)? gatheredA = TileOperand.GatheredRows(kernel.A, kernel.Row), gatheredG = TileOperand.GatheredRows(kernel.G, kernel.Row);
        int aSize = kernel.A.Row.Size, gSize = kernel.G.Row.Size;
        int tileRows = TileRows(kernel);

        // Narrow heads of one row are added up together: what is read of the row serves all of them.
        int panel = MicroKernel.PanelOf(kernel.Schedule.PanelVectors, profile) * lanes;
        bool sideBySide = kernel.A.Row.Heads == 1 && kernel.G.Row.Heads > 1 && columns >= 4 && columns < panel && panel % columns == 0 && int.IsPow2(columns);
        KernelSource sum = PrintSum(new Sums(rows, columns, sideBySide ? heads : 1, aSize, gSize, gatheredA is not null || gatheredG is not null), panel, profile);
        arguments.Parts.Add(sum);

        SimdExpressions expressions = new(arguments, lanes, kernel);
        expressions.Open(null);
        string fillA = plainA is null ? TileOperand.Fill(expressions, arguments, kernel.Row, kernel.A, "x", "row", lanes) : "";
        string fillG = plainG is null ? TileOperand.Fill(expressions, arguments, kernel.Row, kernel.G, "g", "row", lanes) : "";
        string constants = expressions.Close();

        CodeWriter body = new();
        int aFloats = plainA is null ? tileRows * aSize : 0, gFloats = plainG is null ? tileRows * gSize : 0;
        PrintHead(body, kernel, arguments);
        body.Lines(constants);
        if (aFloats + gFloats > 0)
            body.Line($"float* scratch = LaneScratch.Rent({aFloats + gFloats});");
        using (body.Open("while (row < last)"))
        {
            PrintPlace(body, kernel, arguments);
            body.Line($"int end = Math.Min(Math.Min(last, {arguments.Table(new IndexTable.Pointers(kernel.Types))}[segment + 1]), row + {tileRows});");
            body.Line(plainA is null ? "float* x = scratch;" : $"float* x = {arguments.Tensor(plainA)} + (nint)row * {aSize};");
            body.Line(plainG is null ? $"float* g = scratch + {aFloats};" : $"float* g = {arguments.Tensor(plainG)} + (nint)row * {gSize};");
            body.Lines(fillA).Lines(fillG);
            // Rows in the cache need not be fetched.
            body.Line($"float* nextX = {Next(plainA, gatheredA, "x", aSize)}, nextG = {Next(plainG, gatheredG, "g", gSize)};");
            string lists = gatheredA is null && gatheredG is null ? "" : $", {List(gatheredA)}, {List(gatheredG)}";
            for (int h = 0; h < (sideBySide ? 1 : heads); h++)
            {
                int aHead = kernel.A.Row.Heads == 1 ? 0 : h * rows, gHead = kernel.G.Row.Heads == 1 ? 0 : h * columns;
                body.Line($"{sum.Name}.Accumulate(x + {aHead}, g + {gHead}, y + {h * rows * columns}, end - row, nextX, nextG{lists});");
            }
            body.Line("row = end;");
        }
        // A list is not read past its end.
        string Next(TensorBuffer? plain, (TensorBuffer Buffer, IndexTable List)? gathered, string tile, int size) =>
            gathered is { } g ? $"2 * end - row <= last ? {arguments.Tensor(g.Buffer)} : null"
            : plain is { Window: null } ? $"{tile} + (nint)(end - row) * {size}"
            : "null";
        string List((TensorBuffer Buffer, IndexTable List)? gathered) => gathered is { } g ? $"{arguments.Table(g.List)} + end" : "null";
        CodeWriter members = SimdEmitter.Frame(arguments, body.ToString());
        return ($"{kernel.Types.From}: sums of outer products, {rows} x {columns}", members);
    }

    /// <summary>How many rows are added up before the sum in memory changes.</summary>
    public static int TileRows(Kernel.Outer kernel) => Math.Max(8, kernel.Schedule.TileFloats / Math.Max(kernel.A.Row.Size, kernel.G.Row.Size));

    /// <summary>Prints what a lane knows before its first row.</summary>
    public static void PrintHead(CodeWriter body, Kernel.Outer kernel, KernelArguments arguments)
    {
        string pointers = arguments.Table(new IndexTable.Pointers(kernel.Types)), bounds = arguments.Table(kernel.Shares), types = arguments.Count(kernel.Types.To);
        body.Line("if (first >= last)").Line("    return;");
        body.Line($"int row = first, segment = Simd.SegmentOf({pointers}, {types}, row), open = -1, firstOfLane = {bounds}[lane], lastOfLane = {bounds}[lane + 1];");
        body.Line("float* y = null;");
    }

    /// <summary>Prints the search for the sum of a row and the place of that sum, which the first of its rows in this lane clears.</summary>
    public static void PrintPlace(CodeWriter body, Kernel.Outer kernel, KernelArguments arguments)
    {
        int size = kernel.Target.Type.Row.Size;
        string target = arguments.Tensor(kernel.Target), partials = arguments.Tensor(kernel.Partials), pointers = arguments.Table(new IndexTable.Pointers(kernel.Types));
        body.Line($"while ({pointers}[segment + 1] <= row)").Line("    segment++;");
        using (body.Open("if (open != segment)"))
        {
            body.Line($"bool before = {pointers}[segment] < firstOfLane, after = {pointers}[segment + 1] > lastOfLane;");
            body.Line($"y = before || after ? {partials} + (nint)(2 * lane + (before ? 0 : 1)) * {size} : {target} + (nint)segment * {size};");
            body.Line($"if (row == Math.Max({pointers}[segment], firstOfLane))");
            body.Line($"    new Span<float>(y, {size}).Clear();");
            body.Line("open = segment;");
        }
    }

    /// <summary>
    /// Prints a class with <c>Accumulate(a, g, y, rows, nextA, nextG)</c>, which every kernel of the same widths calls; the last two are rows to
    /// fetch meanwhile, or null. Where such rows are gathered their lists follow, null for consecutive ones.
    /// </summary>
    private static KernelSource PrintSum(Sums sums, int panel, DeviceProfile profile)
    {
        string name = $"Sum{sums.Rows}x{(sums.Heads == 1 ? "" : $"{sums.Heads}h")}{sums.Columns}_{sums.AStride}_{sums.GStride}_{panel / profile.VectorFloats}{(sums.Gathers ? "_list" : "")}";
        CodeWriter w = new();
        w.Line("namespace GraphEngine.Generated;").Line().Comment($"a sum of {sums.Rows} x {sums.Columns} outer products{(sums.Heads == 1 ? "" : $" of {sums.Heads} heads")}");
        using (w.Open($"internal static unsafe class {name}"))
            PrintAccumulate(w, sums, panel, profile);
        return new KernelSource(name, w.ToString());
    }

    private static void PrintAccumulate(CodeWriter w, Sums sums, int panel, DeviceProfile profile)
    {
        int full = sums.Width / panel, rest = sums.Width % panel;
        w.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (w.Open("public static void Accumulate(float* a, float* g, float* y, int rows, float* nextA, float* nextG" + sums.ListTypes + ")"))
        {
            if (full > 0)
            {
                w.Line($"for (int j = 0; j < {full * panel}; j += {panel})");
                w.Line($"    Panel(a, g + j, y + {(sums.Heads == 1 ? "j" : $"j * {sums.Rows}")}, rows, nextA, nextG{sums.Lists});");
            }
            if (rest > 0)
                w.Line($"Rest(a, g + {full * panel}, y + {sums.At(full * panel)}, rows, nextA, nextG{sums.Lists});");
        }
        if (full > 0)
            PrintPanel(w, "Panel", panel, sums, profile);
        if (rest > 0)
            PrintPanel(w, "Rest", rest, sums, profile);
    }

    private static void PrintPanel(CodeWriter w, string name, int width, Sums sums, DeviceProfile profile)
    {
        // Disjoint blocks: these sums are added to memory, so that no column may be counted twice.
        ColumnBlock[] blocks = [.. ColumnBlock.Exact(width, profile.VectorFloats, 0)];
        int most = Math.Max(1, Math.Min(MostRows, MicroKernel.Accumulators(profile) / blocks.Length));
        int[] heights = [.. new[] { most, 2, 1 }.Where((h, i) => (i == 0 || h < most) && h <= Math.Max(sums.Rows, 1)).DefaultIfEmpty(1).Distinct()];
        w.Line();
        using (w.Open($"private static void {name}(float* a, float* g, float* y, int rows, float* nextA, float* nextG{sums.ListTypes})"))
        {
            w.Line("int i = 0;");
            foreach (int height in heights)
            {
                using (w.Open($"for (; i + {height} <= {sums.Rows}; i += {height})"))
                {
                    // Every pass over a tile fetches one cache line of each row of the next tile.
                    w.Line($"int line = i / {most} * {FloatsOfLine};");
                    w.Line($"bool ofA = line < {sums.AStride} && nextA != null, ofG = !ofA && line >= {sums.AStride} && line < {sums.AStride + sums.GStride} && nextG != null;");
                    w.Line($"float* ahead = ofA ? nextA + line : ofG ? nextG + line - {sums.AStride} : a;");
                    string step = $"ofA ? {sums.AStride} : ofG ? {sums.GStride} : 0", list = sums.Gathers ? ", ofA ? listA : ofG ? listG : null" : "";
                    w.Line($"{name}{height}(a + i, g, y + (nint)i * {sums.Columns}, rows, ahead, {step}{list});");
                }
            }
        }
        foreach (int height in heights)
            PrintBlock(w, $"{name}{height}", height, blocks, sums);
    }

    private static void PrintBlock(CodeWriter w, string name, int height, ColumnBlock[] blocks, Sums sums)
    {
        w.Line().Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (w.Open($"private static void {name}(float* a, float* g, float* y, int rows, float* ahead, int step{(sums.Gathers ? ", int* list" : "")})"))
        {
            for (int r = 0; r < height; r++)
                w.Line(string.Join(" ", blocks.Select((b, v) => $"{b.Type} y{r}_{v} = default;")));
            using (w.Open($"for (int row = 0; row < rows; row++, a += {sums.AStride}, g += {sums.GStride}{(sums.Gathers ? "" : ", ahead += step")})"))
            {
                w.Line(sums.Gathers ? "Simd.Prefetch(ahead + (nint)(list == null ? row : list[row]) * step);" : "Simd.Prefetch(ahead);");
                for (int v = 0; v < blocks.Length; v++)
                    w.Line($"{blocks[v].Type} g{v} = {blocks[v].Load($"g + {blocks[v].Offset}")};");
                for (int r = 0; r < height; r++)
                {
                    w.Line($"float a{r} = a[{r}];");
                    for (int v = 0; v < blocks.Length; v++)
                        w.Line(MicroKernel.Accumulate(blocks[v], $"y{r}_{v}", $"a{r}", $"g{v}"));
                }
            }
            for (int r = 0; r < height; r++)
            {
                for (int v = 0; v < blocks.Length; v++)
                    PrintAddition(w, blocks[v], r, sums, $"y{r}_{v}");
            }
        }
    }

    /// <summary>Prints the addition of a register to the sums of a row in memory, in parts where it is wider than a head.</summary>
    private static void PrintAddition(CodeWriter w, ColumnBlock block, int row, Sums sums, string sum)
    {
        if (sums.Heads == 1 || block.Lanes <= sums.Columns)
        {
            w.Line(block.AddTo($"y + {sums.At(block.Offset) + (row * sums.Columns)}", sum));
            return;
        }
        int half = block.Lanes / 2;
        PrintAddition(w, block with { Lanes = half }, row, sums, $"{sum}.GetLower()");
        PrintAddition(w, block with { Lanes = half, Offset = block.Offset + half }, row, sums, $"{sum}.GetUpper()");
    }

    /// <summary>The sizes of sums of outer products.</summary>
    /// <param name="Rows">The width of the left operand.</param>
    /// <param name="Columns">The width of a head of the right one.</param>
    /// <param name="Heads">How many heads of the right operand are added up together, each to a matrix of its own.</param>
    /// <param name="AStride">Floats from one row of the left operand to the next.</param>
    /// <param name="GStride">The same of the right one.</param>
    /// <param name="Gathers">True where rows that a list names are fetched ahead.</param>
    private sealed record Sums(int Rows, int Columns, int Heads, int AStride, int GStride, bool Gathers)
    {
        public string ListTypes => Gathers ? ", int* listA, int* listG" : "";

        public string Lists => Gathers ? ", listA, listG" : "";

        public int Width => Columns * Heads;

        /// <summary>Where a column of the first row lies, counted over all heads.</summary>
        public int At(int column) => Heads == 1 ? column : (column / Columns * Rows * Columns) + (column % Columns);
    }
}
