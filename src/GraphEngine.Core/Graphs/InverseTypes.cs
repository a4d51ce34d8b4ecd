namespace GraphEngine.Graphs;

/// <summary>Finds the edge types of a graph that are the reverse of another type, or of themselves.</summary>
internal static class InverseTypes
{
    /// <summary>
    /// The numbers of the edge types whose edges all exist in the other direction as well. Sets of edges are compared by sums of hashes, so no list
    /// is sorted.
    /// </summary>
    public static IEnumerable<int> Find(HeteroGraph graph)
    {
        IReadOnlyList<EdgeType> types = graph.Schema.EdgeTypes;
        EdgeHash[] sets = [.. types.Select((_, r) => EdgeHash.Of(graph.EdgesOf(r)))];
        ILookup<(string, string, EdgeHash), int> byEnds = Enumerable.Range(0, sets.Length).ToLookup(r => (types[r].Source, types[r].Target, sets[r]));
        return Enumerable.Range(0, sets.Length).Where(r => byEnds.Contains((types[r].Target, types[r].Source, sets[r].Reverse())));
    }

    private readonly record struct EdgeHash(int Count, ulong Forward, ulong Backward)
    {
        public static EdgeHash Of(EdgeList edges)
        {
            ulong forward = 0, backward = 0;
            for (int i = 0; i < edges.Count; i++)
            {
                forward += Hash(edges.Sources[i], edges.Targets[i]);
                backward += Hash(edges.Targets[i], edges.Sources[i]);
            }
            return new EdgeHash(edges.Count, forward, backward);
        }

        public EdgeHash Reverse() => new(Count, Backward, Forward);

        // The finaliser of MurmurHash3 (A. Appleby, https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp, fmix64) spreads the two
        // numbers over all bits.
        private static ulong Hash(int from, int to)
        {
            ulong h = ((ulong)(uint)from << 32) | (uint)to;
            h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
            h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53;
            return h ^ (h >> 33);
        }
    }
}
