namespace GraphEngine.Kernels;

/// <summary>How a CPU walks through a kernel: numbers that decide its speed and nothing else. Devices of other kinds derive theirs from their own limits.</summary>
/// <param name="TileFloats">Floats of the wider operand that a GEMM or a sum of outer products handles before it goes on; they should stay in a core's cache.</param>
/// <param name="PanelVectors">The most vectors of columns that stay in registers at a time; rows get the rest of the registers. CPUs with few registers use fewer.</param>
/// <param name="Ahead">How many items before it is needed a gathered row is fetched; 0 leaves that to the hardware.</param>
/// <param name="UnrolledVectors">The most vectors of one row that are computed side by side.</param>
public sealed record Schedule(int TileFloats, int PanelVectors, int Ahead, int UnrolledVectors)
{
    /// <summary>Index tables can be read this many entries past their end.</summary>
    public const int FurthestAhead = 32;

    // What suits most kernels on the machines they were measured on: half of a second-level cache for sums, less for products, which also hold a weight.
    private static readonly Schedule Usual = new(TileFloats: 8192, PanelVectors: 4, Ahead: 24, UnrolledVectors: 8);
    private static readonly Schedule OfSums = Usual with { TileFloats = 16384 };

    /// <summary>What a kernel is printed with unless a search found something better.</summary>
    /// <param name="kernel">The kernel.</param>
    public static Schedule Of(Kernel kernel) => kernel is Kernel.Outer ? OfSums : Usual;

    /// <summary>Schedules worth trying instead of the usual one, each different in one respect; as many for every kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    public static IReadOnlyList<Schedule> Neighbours(Kernel kernel)
    {
        Schedule usual = Of(kernel);
        return
        [
            usual with { Ahead = 0 },
            usual with { Ahead = usual.Ahead / 2 },
            usual with { Ahead = FurthestAhead },
            usual with { TileFloats = usual.TileFloats / 2 },
            usual with { TileFloats = usual.TileFloats * 2 },
            usual with { TileFloats = usual.TileFloats * 8 },
            usual with { PanelVectors = usual.PanelVectors / 2 },
            usual with { UnrolledVectors = usual.UnrolledVectors / 2 },
        ];
    }
}
