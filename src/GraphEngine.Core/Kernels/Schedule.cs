namespace GraphEngine.Kernels;

/// <summary>
/// How a device walks through a kernel: numbers that decide its speed and nothing else. CPUs read the first four, devices with groups of work items
/// the others.
/// </summary>
/// <param name="TileFloats">Floats of the wider operand that a GEMM or a sum of outer products handles before it goes on; they should stay in a
/// core's cache.</param>
/// <param name="PanelVectors">The most vectors of columns that stay in registers at a time; rows get the rest of the registers. CPUs with few
/// registers use fewer.</param>
/// <param name="Ahead">How many items before it is needed a gathered row is fetched; 0 leaves that to the hardware.</param>
/// <param name="UnrolledVectors">The most vectors of one row that are computed side by side.</param>
/// <param name="GroupRows">The most rows of a tile of a product that a group computes, unless it takes more to fill a warp.</param>
/// <param name="GroupReads">How many times a work item reads for such a tile before it waits.</param>
/// <param name="ItemsAtOnce">How many items of a row a lane reads before it waits.</param>
public sealed record Schedule(int TileFloats, int PanelVectors, int Ahead, int UnrolledVectors, int GroupRows, int GroupReads, int ItemsAtOnce)
{
    /// <summary>Index tables can be read this many entries past their end.</summary>
    public const int FurthestAhead = 32;

    // Far more than registers or shared memory would hold.
    private const int MostOfGroups = 256;

    /// <summary>
    /// What a kernel is printed with unless a search found something better: it suits most kernels on the machines that they were measured on.
    /// </summary>
    public static Schedule Usual { get; } = new(TileFloats: 8192, PanelVectors: 4, Ahead: 24, UnrolledVectors: 8, GroupRows: 64, GroupReads: 8, ItemsAtOnce: 4);

    /// <summary>Schedules worth trying on a CPU instead of the usual one, each different in one respect.</summary>
    public static IReadOnlyList<Schedule> OfCpus { get; } =
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

    /// <summary>Schedules worth trying on a GPU instead of the usual one, each different in one respect.</summary>
    public static IReadOnlyList<Schedule> OfGpus { get; } =
    [
        Usual with { GroupRows = Usual.GroupRows / 2 },
        Usual with { GroupRows = Usual.GroupRows * 2 },
        Usual with { GroupReads = Usual.GroupReads / 2 },
        Usual with { GroupReads = Usual.GroupReads * 2 },
        Usual with { ItemsAtOnce = 1 },
        Usual with { ItemsAtOnce = Usual.ItemsAtOnce / 2 },
        Usual with { ItemsAtOnce = Usual.ItemsAtOnce * 2 },
    ];

    /// <summary>
    /// A schedule from its numbers, in the order of the constructor; numbers that no kernel could be printed with are moved to the nearest one that
    /// works.
    /// </summary>
    /// <param name="numbers">Seven numbers.</param>
    public static Schedule Of(IReadOnlyList<int> numbers) => new(
        Math.Max(1, numbers[0]), Math.Max(1, numbers[1]), Math.Clamp(numbers[2], 0, FurthestAhead), Math.Max(2, numbers[3]), Math.Clamp(numbers[4], 4, MostOfGroups), Math.Clamp(numbers[5], 1, MostOfGroups), Math.Clamp(numbers[6], 1, MostOfGroups));

    /// <summary>Its numbers, in the order of the constructor.</summary>
    public IReadOnlyList<int> Numbers => [TileFloats, PanelVectors, Ahead, UnrolledVectors, GroupRows, GroupReads, ItemsAtOnce];
}
