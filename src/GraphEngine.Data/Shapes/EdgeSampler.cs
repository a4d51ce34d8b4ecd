using GraphEngine.Graphs;

namespace GraphEngine.Data.Shapes;

/// <summary>
/// Draws the edges of a relation: every active node gets one edge, the rest fall on them by a power law, and the ends are paired at random. Equal
/// edges can occur.
/// </summary>
internal static class EdgeSampler
{
    /// <summary>The edges of one relation.</summary>
    public static EdgeList Draw(RelationPlan plan, int sourceNodes, int targetNodes, ulong seed)
    {
        SplitMix64 random = new(seed);
        int[] sources = Ends(ref random, plan.Edges, plan.ActiveSources, sourceNodes);
        int[] targets = Ends(ref random, plan.Edges, plan.ActiveTargets, targetNodes);
        random.Shuffle(targets.AsSpan());
        return new EdgeList(sources, targets);
    }

    private static int[] Ends(ref SplitMix64 random, int edges, int active, int nodes)
    {
        // Ranks become nodes by a step that has no common divisor with their number: a cheap permutation, so that hubs lie anywhere.
        long offset = random.Next(nodes), step = 1 + random.Next(nodes);
        while (Divisor(step, nodes) != 1)
            step++;
        int[] ends = new int[edges];
        for (int i = 0; i < edges; i++)
        {
            long rank = i < active ? i : PowerLaw.Rank(random.NextDouble(), active);
            ends[i] = (int)((offset + rank * step) % nodes);
        }
        return ends;
    }

    private static long Divisor(long a, long b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }
}
