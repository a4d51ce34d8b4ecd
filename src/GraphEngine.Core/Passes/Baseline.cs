namespace GraphEngine.Passes;

/// <summary>Another compiler's set of passes, to compare with: what it has none of is left out.</summary>
/// <param name="Name">The name that stands for the passes left out.</param>
/// <param name="Kept">The names of the passes that it has.</param>
public sealed record Baseline(string Name, IReadOnlyList<string> Kept)
{
    // What any compiler does: nothing twice, sums in an order, and numbers of edges in memory between its kernels.
    private static readonly string[] Always = ["simplify", "ordered-sums", "kept-exponentials"];

    /// <summary>
    /// The four configurations of PIGEON (Wu et al., arXiv 2301.06284): products on every edge, once per type and end (compact materialisation), of
    /// weights with weights first (linear operator reordering), and both; with sums in order. Its kernels add to the targets of edges by atomic
    /// additions: that is <c>ordered-sums</c> left out as well.
    /// </summary>
    public static IReadOnlyList<Baseline> All { get; } =
    [
        new("pigeon-none", Always),
        new("pigeon-compaction", [.. Always, "compaction"]),
        new("pigeon-reordering", [.. Always, "reordering"]),
        new("pigeon-both", [.. Always, "compaction", "reordering"]),
    ];

    /// <summary>The names of the passes to leave out.</summary>
    public IEnumerable<string> Disabled => Pipeline.Optional.Except(Kept);

    /// <summary>The baseline of a name; null where there is none.</summary>
    /// <param name="name">The name.</param>
    public static Baseline? Find(string name) => All.FirstOrDefault(b => b.Name == name);
}
