namespace GraphEngine.Passes;

/// <summary>Another compiler's set of passes, to compare with: what it has none of is left out.</summary>
/// <param name="Name">The name that stands for the passes left out.</param>
/// <param name="Purpose">What it optimises, as the end of a sentence that begins with its name.</param>
/// <param name="Kept">The names of the passes that it has.</param>
public sealed record Baseline(string Name, string Purpose, IReadOnlyList<string> Kept)
{
    // What any compiler does: nothing twice, sums in an order, and numbers of edges in memory between its kernels.
    private static readonly string[] Always = ["simplify", "ordered-sums", "kept-exponentials"];

    /// <summary>
    /// The four configurations of PIGEON (Wu et al., arXiv 2301.06284), with sums in order. Its kernels add to the targets of edges by atomic additions: that is <c>ordered-sums</c> left out as well.
    /// </summary>
    public static IReadOnlyList<Baseline> All { get; } =
    [
        new("pigeon-none", "multiplies on every edge", Always),
        new("pigeon-compaction", "multiplies once per source and type (compact materialisation)", [.. Always, "compaction"]),
        new("pigeon-reordering", "multiplies weights with weights first (linear operator reordering)", [.. Always, "reordering"]),
        new("pigeon-both", "does both", [.. Always, "compaction", "reordering"]),
    ];

    /// <summary>The names of the passes to leave out.</summary>
    public IEnumerable<string> Disabled => Pipeline.Optional.Except(Kept);
}
