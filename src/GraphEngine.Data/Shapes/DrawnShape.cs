namespace GraphEngine.Data.Shapes;

/// <summary>
/// A shape that is known by its totals: numbers of types, nodes and edges, and how many groups there are for each edge. Relation sizes fall by a
/// power law; each relation has a many side, where most edges have a node of their own, and a few side of hubs.
/// </summary>
/// <param name="Nodes">All nodes.</param>
/// <param name="Edges">All edges, both directions.</param>
/// <param name="NodeTypes">The number of node types.</param>
/// <param name="EdgeTypes">The number of edge types, both directions.</param>
/// <param name="Skew">The exponent of the relation sizes.</param>
/// <param name="GroupShare">SourceGroups per edge, over both directions.</param>
/// <param name="BestShare">The groups of the better side of each relation, per edge.</param>
/// <param name="Classes">The number of classes of its task.</param>
internal sealed record DrawnShape(int Nodes, int Edges, int NodeTypes, int EdgeTypes, double Skew, double GroupShare, double BestShare, int Classes)
{
    private const double NodeTypeSkew = 1.2, LeastSpread = 0.001;

    /// <summary>Draws the plan.</summary>
    public ShapePlan Plan(double scale, ulong seed)
    {
        SplitMix64 random = new(seed);
        int relations = EdgeTypes / 2;
        int[] nodes = PowerLaw.Sizes(Math.Max(NodeTypes, (int)Math.Round(Nodes * scale)), NodeTypes, NodeTypeSkew);
        int[] edges = PowerLaw.Sizes(Math.Max(relations, (int)Math.Round(Edges / 2 * scale)), relations, Skew);
        int[] fewTypes = new int[relations], manyTypes = new int[relations];
        for (int r = 0; r < relations; r++)
        {
            fewTypes[r] = TypeFor(ref random, nodes, edges[r] * BestShare);
            manyTypes[r] = TypeFor(ref random, nodes, edges[r] * ManyShare);
        }
        // Some relations have a handful of hubs, others hundreds: a cube spreads the ratios over three orders of magnitude.
        double[] spread = [.. edges.Select(_ => LeastSpread + Cube(random.NextDouble()))], even = [.. edges.Select(_ => 1.0)];
        int[] many = Active(edges, [.. edges.Select((count, r) => Math.Min(count, nodes[manyTypes[r]]))], even, ManyShare);
        int[] few = Active(edges, [.. many.Select((count, r) => Math.Min(count, nodes[fewTypes[r]]))], spread, BestShare);
        RelationPlan[] plans = new RelationPlan[relations];
        for (int r = 0; r < relations; r++)
        {
            // Few times many distinct pairs must be enough for the edges.
            few[r] = Math.Max(few[r], (int)Math.Min(nodes[fewTypes[r]], (edges[r] + many[r] - 1L) / many[r]));
            plans[r] = random.Next(2) == 0
                ? new RelationPlan($"relation{r}", manyTypes[r], fewTypes[r], edges[r], many[r], few[r])
                : new RelationPlan($"relation{r}", fewTypes[r], manyTypes[r], edges[r], few[r], many[r]);
        }
        return new ShapePlan([.. nodes.Select((count, t) => ($"type{t}", count))], plans, Mirrored: true, Classes);
    }

    // With both directions, SourceGroups count the many side and the few side once each, over twice the edges.
    private double ManyShare => 2 * GroupShare - BestShare;

    private static double Cube(double x) => x * x * x;

    /// <summary>A node type, drawn by size among those with enough nodes; the largest when none has.</summary>
    private static int TypeFor(ref SplitMix64 random, int[] nodes, double needed)
    {
        int eligible = nodes.TakeWhile((count, t) => t == 0 || count >= needed).Sum();
        int draw = random.Next(eligible), type = 0;
        while (draw >= nodes[type])
            draw -= nodes[type++];
        return type;
    }

    /// <summary>
    /// Numbers of active nodes that add up to a share of the edges. Small relations have at least one and large ones at most what their
    /// types hold, so the ratio that the others need is found by bisection.
    /// </summary>
    private static int[] Active(int[] edges, int[] most, double[] weights, double share)
    {
        double low = 0, high = 1 / LeastSpread;
        for (int step = 0; step < 50; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = edges.Select((count, r) => (long)Of(r, middle)).Sum() < share * edges.Sum() ? (middle, high) : (low, middle);
        }
        return [.. edges.Select((_, r) => Of(r, high))];

        int Of(int r, double ratio) => Math.Clamp((int)Math.Round(edges[r] * Math.Min(1, ratio * weights[r])), 1, most[r]);
    }
}
