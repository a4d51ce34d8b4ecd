using System.Numerics;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The tile of a product that a group computes: each work item holds 4 x 4 sums in registers and reads the operands from shared memory, where both lie with
/// the summed dimension first. The operands pass through in steps of that dimension.
/// </summary>
/// <param name="Across">Work items along the columns.</param>
/// <param name="Down">Work items along the rows.</param>
/// <param name="Step">How much of the summed dimension is in shared memory at a time.</param>
internal sealed record SimtTile(int Across, int Down, int Step)
{
    /// <summary>Added to the stride of a tile that is turned while it is stored, so that neighbours meet different banks; a multiple of four keeps alignment.</summary>
    public const int Padding = 4;

    private const int MostAcross = 16;
    private const int MostDown = 16;
    private const int MostStep = 16;
    private const int Warp = 32;

    public int Rows => 4 * Down;

    public int Columns => 4 * Across;

    public int GroupSize => Across * Down;

    /// <summary>The tile for a product.</summary>
    /// <param name="rows">The rows there are, or the most that are wanted.</param>
    /// <param name="columns">The columns there are.</param>
    /// <param name="inner">The length of the sums.</param>
    /// <param name="profile">The device.</param>
    public static SimtTile For(int rows, int columns, int inner, DeviceProfile profile)
    {
        int across = Math.Min(MostAcross, Items(columns)), down = Math.Min(MostDown, Items(rows));
        while (across * down < Math.Min(Warp, profile.GroupSize))
            down *= 2;
        while (across * down > profile.GroupSize)
            (across, down) = across > down ? (across / 2, down) : (across, down / 2);
        return new SimtTile(across, down, Math.Min(MostStep, (inner + 3) / 4 * 4));
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
    public static void Accumulators(CodeWriter w) => w.Line("Float4 y0 = default, y1 = default, y2 = default, y3 = default;");

    /// <summary>Prints the loop that copies an operand whose columns are the tile's rows: it lies with the summed dimension last and is turned.</summary>
    /// <param name="w">The entry.</param>
    /// <param name="tile">A or B.</param>
    /// <param name="width">The tile's extent.</param>
    /// <param name="stride">Floats from one step to the next.</param>
    /// <param name="lanes">How many floats are read at a time.</param>
    /// <param name="condition">When there is a value; refers to <c>r</c>, the place in the extent, and <c>s</c>, the step in units of lanes.</param>
    /// <param name="value">The value.</param>
    public void FillTurned(CodeWriter w, string tile, int width, int stride, int lanes, string condition, string value)
    {
        int steps = Step / lanes;
        using (w.Open($"for (int t = item; t < {width * steps}; t += {GroupSize})"))
        {
            w.Line($"int r = t / {steps}, s = t % {steps};");
            Read(w, lanes, condition, value);
            if (lanes == 1)
                w.Line($"scalars{tile}[s * {stride} + r] = v;");
            foreach ((char part, int i) in lanes == 1 ? [] : "XYZW".Select((p, i) => (p, i)))
                w.Line($"scalars{tile}[s * {4 * stride} + r{(i == 0 ? "" : $" + {i * stride}")}] = v.{part};");
        }
    }

    /// <summary>Prints the loop that copies an operand that lies with the summed dimension first.</summary>
    /// <param name="w">The entry.</param>
    /// <param name="tile">A or B.</param>
    /// <param name="width">The tile's extent.</param>
    /// <param name="lanes">How many floats are read at a time.</param>
    /// <param name="condition">When there is a value; refers to <c>s</c>, the step, and <c>r</c>, the place in the extent in units of lanes.</param>
    /// <param name="value">The value.</param>
    public void FillStraight(CodeWriter w, string tile, int width, int lanes, string condition, string value)
    {
        int places = width / lanes;
        using (w.Open($"for (int t = item; t < {Step * places}; t += {GroupSize})"))
        {
            w.Line($"int s = t / {places}, r = t % {places};");
            Read(w, lanes, condition, value);
            w.Line($"{(lanes == 1 ? "scalars" : "tile")}{tile}[t] = v;");
        }
    }

    /// <summary>Prints the products of what is in shared memory, between two barriers and unrolled: ILGPU unrolls nothing.</summary>
    /// <param name="w">The entry.</param>
    /// <param name="strideA">Floats from one step of the left operand to the next.</param>
    /// <param name="strideB">The same of the right operand.</param>
    public void Multiply(CodeWriter w, int strideA, int strideB)
    {
        w.Line("Device.LocalBarrier();");
        for (int t = 0; t < Step; t++)
        {
            w.Line($"Float4 p{t} = tileA[{t * strideA / 4} + ty], q{t} = tileB[{t * strideB / 4} + tx];");
            w.Line(string.Join(" ", "XYZW".Select((part, i) => $"y{i} = Float4Math.Fma(p{t}.{part}, q{t}, y{i});")));
        }
        w.Line("Device.LocalBarrier();");
    }

    private static void Read(CodeWriter w, int lanes, string condition, string value)
    {
        w.Line($"{(lanes == 1 ? "float" : "Float4")} v = default;");
        w.Line($"if ({condition})").Line($"    v = {value};");
    }

    private static int Items(int extent) => (int)BitOperations.RoundUpToPowerOf2((uint)((extent + 3) / 4));
}
