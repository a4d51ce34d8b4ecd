using System.Numerics;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The tile of a product that a group computes: each work item holds 4 x 4 sums in registers, or 8 x 4 where a tile has enough of them, and reads the
/// operands from shared memory, where both lie with the summed dimension first. The operands pass through in steps of that dimension, as long as
/// shared memory and what work items can read at once allow.
/// </summary>
/// <param name="Across">Work items along the columns.</param>
/// <param name="Down">Work items along the rows.</param>
/// <param name="ItemRows">The rows of a work item: four or eight.</param>
/// <param name="Step">How much of the summed dimension is in shared memory at a time.</param>
/// <param name="Reads">How many times a work item reads before it waits, for both operands together.</param>
internal sealed record SimtTile(int Across, int Down, int ItemRows, int Step, int Reads)
{
    /// <summary>
    /// Added to the stride of a tile that is turned while it is stored, so that neighbours meet different banks; a multiple of four keeps alignment.
    /// </summary>
    public const int Padding = 4;

    private const int MostAcross = 16;
    private const int Warp = 32;

    // Tiles that still fill several warps when their work items have eight rows.
    private const int LargeTile = 256;

    // Steps that are printed one by one: ILGPU unrolls nothing.
    private const int Unrolled = 16;

    public int Rows => ItemRows * Down;

    public int Columns => 4 * Across;

    public int GroupSize => Across * Down;

    /// <summary>The tile for a product.</summary>
    /// <param name="rows">The rows there are, or the most that are wanted.</param>
    /// <param name="columns">The columns there are.</param>
    /// <param name="inner">The length of the sums.</param>
    /// <param name="schedule">The most rows, and how much is read at a time. What a work item reads before it waits is on its way together, so that a
    /// tile waits for memory once.</param>
    /// <param name="profile">The device.</param>
    /// <param name="sharedBytes">The shared memory for both operands.</param>
    /// <param name="mostRows">The most rows that a tile may have: where they are few, it has less than a warp of work items.</param>
    public static SimtTile For(int rows, int columns, int inner, Schedule schedule, DeviceProfile profile, int sharedBytes, int mostRows = int.MaxValue)
    {
        int across = Math.Min(MostAcross, Items(columns)), down = Items(Math.Min(rows, schedule.GroupRows)), reads = schedule.GroupReads;
        while (across * down < Math.Min(Warp, profile.GroupSize) && down <= mostRows / 8)
            down *= 2;
        // The sums of a work item share what it reads; twice as many of them need half as many again.
        int itemRows = across * down >= LargeTile && profile.GroupSize >= LargeTile && down > 1 ? 8 : 4;
        down = down * 4 / itemRows;
        while (across * down > profile.GroupSize)
            (across, down) = across > down ? (across / 2, down) : (across, down / 2);
        if (inner <= Unrolled)
            return new SimtTile(across, down, itemRows, (inner + 3) / 4 * 4, reads);
        int step = Unrolled, perStep = (4 * across) + (itemRows * down);
        while (step < inner && step * 2 * perStep <= 4 * reads * across * down && step * 2 * (perStep + (2 * Padding)) * sizeof(float) <= sharedBytes)
            step *= 2;
        return new SimtTile(across, down, itemRows, step, reads);
    }

    /// <summary>The number of tiles that cover some columns.</summary>
    /// <param name="columns">The columns.</param>
    public int Panels(int columns) => (columns + Columns - 1) / Columns;

    /// <summary>Prints the shared tiles and the place of the work item.</summary>
    /// <param name="w">The entry.</param>
    /// <param name="strideA">Floats from one step of the left operand to the next.</param>
    /// <param name="strideB">The same of the right operand.</param>
    public void Declare(CodeWriter w, int strideA, int strideB)
    {
        w.Line($"ArrayView<Float4> tileA = SharedMemory.Allocate<Float4>({Step * strideA / 4}), tileB = SharedMemory.Allocate<Float4>({Step * strideB / 4});");
        w.Line("ArrayView<float> scalarsA = tileA.Cast<float>(), scalarsB = tileB.Cast<float>();");
        w.Line($"int item = Group.IdxX, tx = item % {Across}, ty = item / {Across};");
    }

    /// <summary>Prints the sums of the work item.</summary>
    /// <param name="w">The entry.</param>
    public void Accumulators(CodeWriter w) => w.Line($"Float4 {string.Join(", ", Enumerable.Range(0, ItemRows).Select(r => $"y{r} = default"))};");

    /// <summary>A row of the work item, counted from the first row of the tile.</summary>
    /// <param name="r">Which of its rows.</param>
    public string Row(int r) => $"ty * {ItemRows} + {r}";

    /// <summary>Prints how both operands of a step are copied to shared memory.</summary>
    /// <param name="w">The entry.</param>
    /// <param name="fills">The operands.</param>
    public void Fill(CodeWriter w, params IReadOnlyList<SimtFill> fills)
    {
        int Parts(SimtFill fill) => fill.Width * Step / fill.Lanes;
        SimtFill[] together = [.. fills.Where(f => Parts(f) % GroupSize == 0 && Parts(f) / GroupSize <= Reads / 2)];
        (SimtFill Fill, string Name, int Part)[] reads = [.. together.SelectMany(f => Enumerable.Range(0, Parts(f) / GroupSize).Select(i => (f, $"{f.Tile}{i}", i)))];
        foreach ((SimtFill fill, string name, int part) in reads)
            fill.Load(w, part == 0 ? "item" : $"(item + {part * GroupSize})", name, Step);
        foreach ((SimtFill fill, string name, _) in reads)
            fill.Store(w, name);
        foreach (SimtFill fill in fills.Except(together))
        {
            using (w.Open($"for (int t = item; t < {Parts(fill)}; t += {GroupSize})"))
            {
                fill.Load(w, "t", "", Step);
                fill.Store(w, "");
            }
        }
    }

    /// <summary>Prints the products of what is in shared memory, between two barriers.</summary>
    /// <param name="w">The entry.</param>
    /// <param name="strideA">Floats from one step of the left operand to the next.</param>
    /// <param name="strideB">The same of the right operand.</param>
    /// <param name="end">The end of <c>k</c>, the summed dimension, where the last step may be cut short; null where it is not.</param>
    public void Multiply(CodeWriter w, int strideA, int strideB, string? end)
    {
        w.Line("Device.LocalBarrier();");
        if (Step <= Unrolled)
            Multiply(w, Step, strideA, strideB, ItemRows == 4 ? "ty" : "ty * 2", "tx");
        else
        {
            using (w.Open($"for (int u = 0; u < {Step}{(end is null ? "" : $" && k + u < {end}")}; u += {Unrolled})"))
            {
                w.Line($"int ua = u * {strideA / 4} + ty{(ItemRows == 4 ? "" : " * 2")}, ub = u * {strideB / 4} + tx;");
                Multiply(w, Unrolled, strideA, strideB, "ua", "ub");
            }
        }
        w.Line("Device.LocalBarrier();");
    }

    private void Multiply(CodeWriter w, int steps, int strideA, int strideB, string a, string b)
    {
        for (int t = 0; t < steps; t++)
        {
            w.Line($"Float4 q{t} = tileB[{b} + {t * strideB / 4}];");
            for (int first = 0; first < ItemRows; first += 4)
            {
                string p = $"p{t}_{first}";
                w.Line($"Float4 {p} = tileA[{a} + {(t * strideA / 4) + (first / 4)}];");
                w.Line(string.Join(" ", "XYZW".Select((part, i) => $"y{first + i} = Float4Math.Fma({p}.{part}, q{t}, y{first + i});")));
            }
        }
    }

    private static int Items(int extent) => (int)BitOperations.RoundUpToPowerOf2((uint)((extent + 3) / 4));
}
