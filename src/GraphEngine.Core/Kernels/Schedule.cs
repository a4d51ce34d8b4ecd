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

    /// <summary>What a kernel is printed with unless a search found something better: it suits most kernels on the machines that they were measured on.</summary>
    public static Schedule Usual { get; } = new(TileFloats: 8192, PanelVectors: 4, Ahead: 24, UnrolledVectors: 8);

    /// <summary>Schedules worth trying instead of the usual one, each different in one respect.</summary>
    public static IReadOnlyList<Schedule> Neighbours { get; } =
    [
        Usual with { Ahead = 0 },
        Usual with { Ahead = Usual.Ahead / 2 },
        Usual with { Ahead = FurthestAhead },
        Usual with { TileFloats = Usual.TileFloats / 4 },
        Usual with { TileFloats = Usual.TileFloats / 2 },
        Usual with { TileFloats = Usual.TileFloats * 2 },
        Usual with { TileFloats = Usual.TileFloats * 8 },
        Usual with { PanelVectors = Usual.PanelVectors / 2 },
        Usual with { UnrolledVectors = Usual.UnrolledVectors / 2 },
    ];
}
