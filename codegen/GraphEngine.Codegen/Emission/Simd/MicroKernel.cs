using GraphEngine.Codegen.Emission;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// Register-blocked products of a tile by a K x N weight: a few rows by up to four vectors of accumulators stay in registers over the whole of K,
/// so that each weight vector is loaded once per block of rows. 24 accumulators of 32 registers with AVX-512, 12 of 16 elsewhere. Rows of memory are fetched
/// some blocks ahead, a little with every step: a product waits neither for memory nor for a burst of fetches.
/// </summary>
/// <param name="k">The inner width.</param>
/// <param name="n">The outer width.</param>
/// <param name="panelVectors">The most vectors side by side.</param>
/// <param name="profile">The CPU.</param>
/// <param name="starts">True for sums that start with a row of their own, a bias, instead of zeros.</param>
internal sealed class MicroKernel(int k, int n, int panelVectors, DeviceProfile profile, bool starts = false)
{
    private const int MostRows = 12;
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

    /// <summary>
    /// Prints a class with <c>Multiply(a, w, y, rows, ahead)</c>, which every kernel of the same widths calls: ahead is how many floats ahead of its use a row is fetched, 0 for
    /// rows that are in the cache. Where sums start with a row there is a sixth argument.
    /// </summary>
    /// <param name="aStride">Floats from one row of a to the next.</param>
    /// <param name="yStride">Floats from one row of y to the next.</param>
    public KernelSource Print(int aStride, int yStride)
    {
        string name = $"Product{k}x{n}_{aStride}_{yStride}_{PanelVectors}{(starts ? "_start" : "")}";
        CodeWriter w = new();
        w.Line("namespace GraphEngine.Generated;").Line().Line($"// a tile times a {k} x {n} weight");
        using (w.Open($"internal static unsafe class {name}"))
            PrintMembers(w, aStride, yStride);
        return new KernelSource(name, w.ToString());
    }

    private void PrintMembers(CodeWriter w, int aStride, int yStride)
    {
        int full = n / Panel, rest = n % Panel;
        w.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (w.Open("public static void Multiply(float* a, float* w, float* y, int rows, int ahead" + StartType + ")"))
        {
            if (full > 0)
            {
                w.Line($"for (int j = 0; j < {full * Panel}; j += {Panel})");
                w.Line($"    Panel(a, w + j, y + j, rows, ahead{Start}{(starts ? " + j" : "")});");
            }
            if (rest > 0)
                w.Line($"Rest(a, w + {full * Panel}, y + {full * Panel}, rows, ahead{Start}{(starts ? $" + {full * Panel}" : "")});");
        }
        if (full > 0)
            PrintPanel(w, "Panel", Panel, aStride, yStride);
        if (rest > 0)
            PrintPanel(w, "Rest", rest, aStride, yStride);
    }

    /// <summary>How far ahead rows are fetched, in floats.</summary>
    public int Ahead => BlocksAhead * Rows * k;

    private bool Fetches(int rows, int aStride) => rows > 2 && aStride == k;

    private int RowsFor(int vectors) => Math.Max(1, Math.Min(MostRows, Accumulators(profile) / Math.Max(1, vectors)));

    private void PrintPanel(CodeWriter w, string name, int width, int aStride, int yStride)
    {
        ColumnBlock[] blocks = [.. ColumnBlock.Covering(width, profile.VectorFloats, 0)];
        int[] heights = [.. new[] { RowsFor(blocks.Length), 2, 1 }.Where((h, i) => i == 0 || h < RowsFor(blocks.Length)).Distinct()];
        w.Line();
        using (w.Open($"private static void {name}(float* a, float* w, float* y, int rows, int ahead{StartType})"))
        {
            w.Line("int i = 0;");
            foreach (int height in heights)
            {
                w.Line($"for (; i + {height} <= rows; i += {height})");
                w.Line($"    {name}{height}(a + (nint)i * {aStride}, w, y + (nint)i * {yStride}{(Fetches(height, aStride) ? ", ahead" : "")}{Start});");
            }
        }
        foreach (int height in heights)
            PrintBlock(w, $"{name}{height}", height, blocks, aStride, yStride);
    }

    private void PrintBlock(CodeWriter w, string name, int rows, ColumnBlock[] blocks, int aStride, int yStride)
    {
        bool fetches = Fetches(rows, aStride);
        w.Line().Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using (w.Open($"private static void {name}(float* a, float* w, float* y{(fetches ? ", int distance" : "")}{StartType})"))
        {
            for (int r = 0; r < rows; r++)
                w.Line(string.Join(" ", blocks.Select((b, v) => $"{b.Type} y{r}_{v} = {(starts ? Read($"start + {b.Offset}", b) : "default")};")));
            if (fetches)
                w.Line("float* ahead = a + distance;");
            using (w.Open($"for (int k = 0; k < {k}; k++, w += {n}{(fetches ? $", ahead += {rows}" : "")})"))
            {
                if (fetches)
                    w.Line("Simd.Prefetch(ahead);");
                for (int v = 0; v < blocks.Length; v++)
                    w.Line($"{blocks[v].Type} w{v} = {Read($"w + {blocks[v].Offset}", blocks[v])};");
                for (int r = 0; r < rows; r++)
                {
                    w.Line($"float a{r} = a[k + {r * aStride}];");
                    for (int v = 0; v < blocks.Length; v++)
                        w.Line(Accumulate(blocks[v], $"y{r}_{v}", $"a{r}", $"w{v}"));
                }
            }
            for (int r = 0; r < rows; r++)
            {
                for (int v = 0; v < blocks.Length; v++)
                    w.Line(blocks[v].Lanes == 1 ? $"y[{(r * yStride) + blocks[v].Offset}] = y{r}_{v};" : $"y{r}_{v}.Store(y + {(r * yStride) + blocks[v].Offset});");
            }
        }
    }

    /// <summary>A read of a block at an address.</summary>
    internal static string Read(string address, ColumnBlock block) => block.Lanes == 1 ? $"*({address})" : $"{block.Class}.Load({address})";

    /// <summary>One fused multiply-add of a number and a block.</summary>
    internal static string Accumulate(ColumnBlock block, string sum, string scalar, string vector) => block.Lanes == 1
        ? $"{sum} = MathF.FusedMultiplyAdd({scalar}, {vector}, {sum});"
        : $"{sum} = {block.Class}.FusedMultiplyAdd({block.Class}.Create({scalar}), {vector}, {sum});";
}
