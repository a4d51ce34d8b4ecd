using System.Globalization;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>Where the products of relations are made, and why.</summary>
/// <param name="AllowTargets">True when products may be made after the sum over a target group.</param>
/// <param name="AllowSources">True when products may be made once per source group.</param>
/// <param name="Sides">Which relation is on which side; null when all are on the same one.</param>
/// <param name="Reason">What the choice was made from, in a sentence.</param>
public sealed record SideChoice(bool AllowTargets, bool AllowSources, RelationSides? Sides, string Reason)
{
    /// <summary>The work of each relation on either side, in operations; empty where it was not estimated.</summary>
    public IReadOnlyList<(double OnTargets, double OnSources)> Work { get; init; } = [];

    /// <summary>
    /// The edges and groups of each relation that the work is of: where layers have edges of their own, those of all layers together.
    /// </summary>
    public IReadOnlyList<(long Edges, long TargetGroups, long SourceGroups)> Counts { get; init; } = [];

    // A core that multiplies and adds 16 floats in a cycle takes about as long for 16 operations as for moving one float.
    internal const double FlopsPerFloat = 16;

    // Two sets of kernels instead of one are worth their launches and their compilation from this gain on.
    private const double LeastGain = 1.15;

    /// <summary>
    /// Chooses by the work of each relation, in operations, as the sum of arithmetic and memory: a row of a product costs 2 d d' per head and moves d
    /// + d'; a target group moves another d + d' for its aggregate and its share of the sum, an edge moves d before the product, or d' after it. With
    /// heads there is a sum per head before the product, and its gradient reads one for each.
    /// </summary>
    /// <param name="program">The program, for the widths of its typed products.</param>
    /// <param name="statistics">The relations of the graph; null to put all of them on target groups.</param>
    /// <param name="allowTargets">False to keep products off target groups.</param>
    /// <param name="allowSources">False to keep products off source groups.</param>
    /// <param name="sumsHeads">True where products on target groups will add up heads that are summed later (<see cref="SummedHeads"/>).</param>
    public static SideChoice Make(Program program, RelationStatistics? statistics, bool allowTargets, bool allowSources, bool sumsHeads = false)
    {
        if (!allowTargets || !allowSources || statistics is null)
            return new SideChoice(allowTargets, allowSources && !allowTargets, null, allowTargets ? "all relations on target groups" : allowSources ? "all relations on source groups" : "products on edges");
        Node[] products = [.. program.Nodes.Where(n => n.Op is Op.Linear { Types: var t } && t.Is(IndexMap.EdgeType))];
        (double OnTargets, double OnSources)[] work = Estimate(products, statistics, sumsHeads ? SummedHeads.Candidates(program) : new HashSet<Node>());
        double targets = work.Sum(w => w.OnTargets), sources = work.Sum(w => w.OnSources), mixed = work.Sum(w => Math.Min(w.OnTargets, w.OnSources));
        bool mix = mixed * LeastGain < Math.Min(targets, sources);
        bool useTargets = mix || targets <= sources;
        RelationSides? sides = mix ? new RelationSides([.. work.Select(w => w.OnTargets <= w.OnSources)]) : null;
        RelationStatistics[] layers = [.. products.Select(p => EdgeSet.Of(p.Space)!).Distinct().Select(statistics.Of).DefaultIfEmpty(statistics)];
        (long Edges, long TargetGroups, long SourceGroups)[] counts =
            [.. work.Select((_, r) => (layers.Sum(l => (long)l.Edges[r]), layers.Sum(l => (long)l.TargetGroups[r]), layers.Sum(l => (long)l.SourceGroups[r])))];
        long rows = counts.Select((c, r) => (sides?.OnTargets[r] ?? useTargets) ? c.TargetGroups : c.SourceGroups).Sum();
        string side = mix ? $"{sides!.OnTargets.Count(t => t)} of {work.Length} relations on target groups, the others on source groups" : useTargets ? "all relations on target groups" : "all relations on source groups";
        string reason = string.Create(
            CultureInfo.InvariantCulture,
            $"{side}: {rows:N0} product rows for {counts.Sum(c => c.Edges):N0} edges{(layers.Length > 1 ? $" of {layers.Length} layers" : "")}; estimated work {Giga(mix ? mixed : Math.Min(targets, sources))}, targets {Giga(targets)}, sources {Giga(sources)}, best of each {Giga(mixed)} G");
        return new SideChoice(useTargets, mix || !useTargets, sides, reason) { Work = work, Counts = counts };
    }

    /// <summary>The work of each relation on target groups and on source groups, over all typed products.</summary>
    private static (double OnTargets, double OnSources)[] Estimate(IReadOnlyList<Node> products, RelationStatistics statistics, IReadOnlySet<Node> summedHeads)
    {
        var work = new (double OnTargets, double OnSources)[statistics.Edges.Count];
        foreach (Node product in products)
        {
            (int rows, int columns, int heads) = (product.Operands[1].Row.Rows, product.Operands[1].Row.Columns, product.Row.Heads);
            // Every head has a sum of its own, since it weighs edges in its own way; an edge reads a row for all of them, and its gradient one for
            // each.
            int read = product.Operands[0].Row.Size, summed = rows * heads, made = columns * heads;
            int madeOfSum = summedHeads.Contains(product) ? columns : made;
            double flops = 2.0 * rows * columns * heads;
            RelationStatistics part = statistics.Of(EdgeSet.Of(product.Space)!);
            for (int r = 0; r < work.Length; r++)
            {
                work[r].OnTargets += (part.TargetGroups[r] * (flops + (2 * FlopsPerFloat * (summed + madeOfSum)))) + (FlopsPerFloat * part.Edges[r] * (read + summed) / 2);
                work[r].OnSources += (part.SourceGroups[r] * (flops + (FlopsPerFloat * (read + made)))) + (FlopsPerFloat * part.Edges[r] * made);
            }
        }
        return work;
    }

    private static string Giga(double work) => (work * 1e-9).ToString("F2", CultureInfo.InvariantCulture);
}
