using GraphEngine.Codegen.Emission;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// Register-blocked products of a tile by a K x N weight: a few rows by up to four vectors of accumulators stay in registers over the whole of K, so
/// that each weight vector is loaded once per block of rows. 24 accumulators of 32 registers with AVX-512, 12 of 16 elsewhere. Rows of memory are
/// fetched some blocks ahead, a little with every step: a product waits neither for memory nor for a burst of fetches. Rows that are gathered are
/// read where they are.
/// </summary>
/// <param name="k">The inner width.</param>
/// <param name="n">The outer width.</param>
/// <param name="panelVectors">The most vectors side by side.</param>
/// <param name="profile">The CPU.</param>
/// <param name="starts">True for sums that start with a row of their own, a bias, instead of zeros.</param>
/// <param name="gathers">True for rows that a list of numbers names, instead of consecutive ones.</param>
internal sealed class MicroKernel(int k, int n, int panelVectors, DeviceProfile profile, bool starts = false, bool gathers = false)
{
    private const int MostRows = 12;

    // Each has an address of its own in a register. Lists are read this many rows times the blocks ahead past a block, less than
    // Schedule.FurthestAhead.
    private const int MostGatheredRows = 8;
    private const int BlocksAhead = 2;

    private int PanelVectors => PanelOf(panelVectors, profile);

    /// <summary>The columns of a full panel.</summary>
    private int Panel => PanelVectors * profile.VectorFloats;

    /// <summary>The rows of the largest block.</summary>
    public int Rows => RowsFor(ColumnBlock.Covering(Math.Min(n, Panel), profile.VectorFloats, 0).Count());

    /// <summary>The vectors that a CPU has registers for, besides those of the operands.</summary>
    /// <param name="profile">The CPU.</param>
    public static int Accumulators(DeviceProfile profile) => profile.VectorBits == 512 ? 24 : 12;

    /// <summary>The vectors side by side of a full panel.</summary>
    /// <param name="most">What the schedule allows.</param>
    /// <param name="profile">The CPU.</param>
    public static int PanelOf(int most, DeviceProfile profile) => Math.Clamp(most, 1, profile.VectorBits == 512 ? 4 : 2);

    private string StartType => starts ? ", float* start" : "";

    private string Start => starts ? ", start" : "";

    private string AheadType => gathers ? "int* list" : "int ahead";

    private string Ahead => gathers ? "list" : "ahead";

    /// <summary>
    /// Prints a class with <c>Multiply(a, w, y, rows, ahead)</c>, which every kernel of the same widths calls: ahead is how many floats ahead of its
    /// use a row is fetched, 0 for rows that are in the cache. Rows that are gathered have their list there. Where sums start with a row there is a
    /// sixth argument.
    /// </summary>
    /// <param name="aStride">Floats from one row of a to the next.</param>
    /// <param name="yStride">Floats from one row of y to the next.</param>
    public KernelSource Print(int aStride, int yStride)
    {
        string name = $"Product{k}x{n}_{aStride}_{yStride}_{PanelVectors}{(gathers ? "_list" : "")}{(starts ? "_start" : "")}";
        CodeWriter w = new();
        w.Line("namespace GraphEngine.Generated;").Line().Comment($"a tile times a {k} x {n} weight");
        using (w.Open($"internal static unsafe class {name}"))
            PrintMembers(w, aStride, yStride);
        return new KernelSource(name, w.ToString());
    }

    private void PrintMembers(CodeWriter w, int aStride, int yStride)
    {
        int full = n / Panel, rest = n % Panel;
        w.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (w.Open("public static void Multiply(float* a, float* w, float* y, int rows, " + AheadType + StartType + ")"))
        {
            if (full > 0)
            {
                w.Line($"for (int j = 0; j < {full * Panel}; j += {Panel})");
                w.Line($"    Panel(a, w + j, y + j, rows, {Ahead}{Start}{(starts ? " + j" : "")});");
            }
            if (rest > 0)
                w.Line($"Rest(a, w + {full * Panel}, y + {full * Panel}, rows, {Ahead}{Start}{(starts ? $" + {full * Panel}" : "")});");
        }
        if (full > 0)
            PrintPanel(w, "Panel", Panel, aStride, yStride);
        if (rest > 0)
            PrintPanel(w, "Rest", rest, aStride, yStride);
    }

    /// <summary>How far ahead rows are fetched, in floats.</summary>
    public int Distance => BlocksAhead * Rows * k;

    private bool Fetches(int rows, int aStride) => rows > 2 && (gathers || aStride == k);

    private int RowsFor(int vectors) => Math.Max(1, Math.Min(gathers ? MostGatheredRows : MostRows, Accumulators(profile) / Math.Max(1, vectors)));

    private void PrintPanel(CodeWriter w, string name, int width, int aStride, int yStride)
    {
        ColumnBlock[] blocks = [.. ColumnBlock.Covering(width, profile.VectorFloats, 0)];
        int[] heights = [.. new[] { RowsFor(blocks.Length), 2, 1 }.Where((h, i) => i == 0 || h < RowsFor(blocks.Length)).Distinct()];
        w.Line();
        using (w.Open($"private static void {name}(float* a, float* w, float* y, int rows, {AheadType}{StartType})"))
        {
            w.Line("int i = 0;");
            foreach (int height in heights)
            {
                w.Line($"for (; i + {height} <= rows; i += {height})");
                w.Line($"    {name}{height}({(gathers ? "a" : $"a + (nint)i * {aStride}")}, w, y + (nint)i * {yStride}{(gathers ? ", list + i" : Fetches(height, aStride) ? ", ahead" : "")}{Start});");
            }
        }
        foreach (int height in heights)
            PrintBlock(w, $"{name}{height}", height, blocks, aStride, yStride);
    }

    private void PrintBlock(CodeWriter w, string name, int rows, ColumnBlock[] blocks, int aStride, int yStride)
    {
        bool fetches = Fetches(rows, aStride);
        w.Line().Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (w.Open($"private static void {name}(float* a, float* w, float* y{(gathers ? ", int* list" : fetches ? ", int distance" : "")}{StartType})"))
        {
            for (int r = 0; r < rows; r++)
                w.Line(string.Join(" ", blocks.Select((b, v) => $"{b.Type} y{r}_{v} = {(starts ? b.Load($"start + {b.Offset}") : "default")};")));
            for (int r = 0; gathers && r < rows; r++)
                w.Line($"float* p{r} = {RowAt($"{r}", aStride)};");
            if (gathers && fetches)
            {
                // While this block is multiplied, the rows of a later one are fetched one after the other.
                w.Line("int k = 0;");
                using (w.Open($"for (int r = 0; r < {rows}; r++)"))
                {
                    w.Line($"float* ahead = {RowAt($"r + {BlocksAhead * rows}", aStride)};");
                    w.Line($"int end = (r + 1) * {k} / {rows};");
                    PrintSteps(w, "for (; k < end; ", rows, blocks, aStride, fetches);
                }
            }
            else
            {
                if (fetches)
                    w.Line("float* ahead = a + distance;");
                PrintSteps(w, $"for (int k = 0; k < {k}; ", rows, blocks, aStride, fetches);
            }
            for (int r = 0; r < rows; r++)
            {
                for (int v = 0; v < blocks.Length; v++)
                    w.Line(blocks[v].Store($"y + {(r * yStride) + blocks[v].Offset}", $"y{r}_{v}"));
            }
        }
    }

    private static string RowAt(string position, int aStride) => $"a + (nint)list[{position}] * {aStride}";

    private void PrintSteps(CodeWriter w, string loop, int rows, ColumnBlock[] blocks, int aStride, bool fetches)
    {
        using (w.Open($"{loop}k++, w += {n}{(fetches ? $", ahead += {rows}" : "")})"))
        {
            if (fetches)
                w.Line("Simd.Prefetch(ahead);");
            for (int v = 0; v < blocks.Length; v++)
                w.Line($"{blocks[v].Type} w{v} = {blocks[v].Load($"w + {blocks[v].Offset}")};");
            for (int r = 0; r < rows; r++)
            {
                w.Line($"float a{r} = {(gathers ? $"p{r}[k]" : $"a[k + {r * aStride}]")};");
                for (int v = 0; v < blocks.Length; v++)
                    w.Line(Accumulate(blocks[v], $"y{r}_{v}", $"a{r}", $"w{v}"));
            }
        }
    }

    /// <summary>One fused multiply-add of a number and a block.</summary>
    internal static string Accumulate(ColumnBlock block, string sum, string scalar, string vector) => block.Lanes == 1
        ? $"{sum} = MathF.FusedMultiplyAdd({scalar}, {vector}, {sum});"
        : $"{sum} = {block.Class}.FusedMultiplyAdd({block.Class}.Create({scalar}), {vector}, {sum});";
}
