using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Groups stored values that one traversal can compute together: same rows, same shape, and one reads the other or both read the same stored value.
/// Where a kernel may store rows of several shapes, also numbers of a row with the row that they are made from, or that is made with them: a softmax
/// over columns then stays in registers from its scores to its gradient. Legal when no path between two members leaves the group, and none reads
/// another at a row that is not its own. Saves launches, and memory traffic for what is shared: the three updates of Adam become one pass.
/// </summary>
internal static class RootClusters
{
    // What eight registers of eight numbers hold: wider rows are computed in steps, each of which would make the numbers of the whole row again.
    private const int WidestMixedRow = 64;

    /// <summary>Groups roots; the groups are in the order of their first values.</summary>
    /// <param name="roots">The stored values, in topological order.</param>
    /// <param name="isTraversal">Which of them are traversals; others stay alone.</param>
    /// <param name="segments">Groups that are made already and stay as they are.</param>
    /// <param name="onlineMaxima">Maxima over a row's items that are made in the loop of the sums that read them.</param>
    /// <param name="mixesShapes">True to put values of different shapes in one group.</param>
    public static IReadOnlyList<IReadOnlyList<Node>> Run(
        IEnumerable<Node> roots, Func<Node, bool> isTraversal, IReadOnlyList<SegmentClusters.Segment> segments, IReadOnlySet<Node> onlineMaxima, bool mixesShapes)
    {
        Dictionary<Node, Cluster> given = [];
        foreach (SegmentClusters.Segment segment in segments)
        {
            Cluster cluster = new();
            foreach (Node member in segment.Members)
                given[member] = cluster;
        }
        List<Cluster> clusters = [];
        Dictionary<Node, Cluster> clusterOf = [];
        HashSet<Node> computed = [.. roots];
        Dictionary<Node, (HashSet<Node> SameRow, HashSet<Node> OtherRows)> reads = computed.ToDictionary(r => r, r => Reads(r, computed, onlineMaxima));
        foreach (Node root in Ordered(computed, segments, reads))
        {
            (HashSet<Node> sameRow, HashSet<Node> otherRows) = reads[root];
            Cluster[] dependencies = [.. sameRow.Union(otherRows).Where(clusterOf.ContainsKey).Select(r => clusterOf[r]).Distinct()];
            bool isGiven = given.TryGetValue(root, out Cluster? home);
            home ??= new Cluster { IsOpen = isTraversal(root) };
            home.Add(root, sameRow, otherRows, dependencies.Where(d => !ReferenceEquals(d, home)));
            // Nothing depends on the new root yet, so that only paths from it back to a cluster can leave the group and return.
            foreach (Cluster cluster in home.IsOpen ? clusters.Where(c => c.IsOpen && c.Fits(root, sameRow, mixesShapes)).Reverse().ToArray() : [])
            {
                // Values that only share what they read are worth waiting for neither; nor is a value that others read already worth holding back for
                // one more reader.
                if (sameRow.Any(cluster.Members.Contains) ? Delays(home, cluster) : cluster.Level() != home.Level())
                    continue;
                if (home.Dependencies.Any(d => !ReferenceEquals(d, cluster) && d.DependsOn(cluster)) || cluster.Dependencies.Any(d => !ReferenceEquals(d, home) && d.DependsOn(home)))
                    continue;
                if (home.OtherRowReads.Overlaps(cluster.Members))
                    continue;
                home.Absorb(cluster);
                clusters.Remove(cluster);
                foreach (Cluster other in clusters.Where(c => c.Dependencies.Remove(cluster)))
                    other.Dependencies.Add(home);
            }
            foreach (Node member in home.Members)
                clusterOf[member] = home;
            if (!isGiven || home.Members.Count == 1)
                clusters.Add(home);
        }
        return [.. clusters.Select(c => c.Members.OrderBy(m => m.Id).ToArray()).OrderBy(m => m[0].Id)];

        bool Delays(Cluster home, Cluster cluster) =>
            clusters.Any(c => c.Dependencies.Contains(cluster)) && home.Dependencies.Any(d => !ReferenceEquals(d, cluster) && d.Level() >= cluster.Level());
    }

    /// <summary>
    /// The values, operands before their users, and the members of a segment together: what waits for one of them waits for all, and all wait for
    /// what one of them waits for.
    /// </summary>
    private static List<Node> Ordered(HashSet<Node> computed, IReadOnlyList<SegmentClusters.Segment> segments, Dictionary<Node, (HashSet<Node> SameRow, HashSet<Node> OtherRows)> reads)
    {
        Dictionary<Node, Node[]> together = segments.SelectMany(s => s.Members.Select(m => (Member: m, All: s.Members.OrderBy(n => n.Id).ToArray()))).ToDictionary(m => m.Member, m => m.All);
        List<Node> order = [];
        HashSet<Node> seen = [];
        void Visit(Node node)
        {
            Node[] unit = together.GetValueOrDefault(node, [node]);
            if (!seen.Add(unit[0]))
                return;
            foreach (Node read in unit.SelectMany(n => reads[n].SameRow.Union(reads[n].OtherRows)).Except(unit).OrderBy(n => n.Id))
                Visit(read);
            order.AddRange(unit);
        }

        foreach (Node node in computed.OrderBy(n => n.Id))
            Visit(node);
        return order;
    }

    /// <summary>True when rows need not be told apart: every load has the shape of the stores at the same row, or is a single number.</summary>
    /// <param name="row">The loop over rows.</param>
    /// <param name="stores">What is stored.</param>
    public static bool IsFlat(LoopVariable row, IReadOnlyList<Store> stores)
    {
        RowShape shape = stores[0].Value.Row;
        RowIndex here = new(row, null);
        bool shared = stores[0].Target.Type.Space == Space.One;
        return stores.All(s => s.Value.Row == shape && s.Value.Row == s.Target.Type.Row) && stores.SelectMany(s => s.Value.Descendants()).All(e => e switch
        {
            Expression.Load l => (l.Row == shape && (l.Index == here || shared)) || (l.Index == RowIndex.Zero && l.Row.Size == 1),
            Expression.Constant or Expression.Unary or Expression.Binary => e.Row == shape || e.Row.Size == 1,
            Expression.Dropout d => d.Index == here && d.Row == shape,
            Expression.Expand x => x.Row == shape && x.X.Row.Size == 1,
            _ => false,
        });
    }

    /// <summary>The stored values a root reads at its own row, and those it reads at others; it may read one in both ways.</summary>
    private static (HashSet<Node> SameRow, HashSet<Node> OtherRows) Reads(Node root, HashSet<Node> computed, IReadOnlySet<Node> onlineMaxima)
    {
        HashSet<Node> sameRow = [], otherRows = [];
        HashSet<(Node, bool, IndexMap?)> seen = [];
        // Aligned: the node is of the root's own row, or of an item of that row along a map.
        void Visit(Node node, bool aligned, IndexMap? items)
        {
            if (!seen.Add((node, aligned, items)))
                return;
            foreach (Node operand in node.Operands)
            {
                // A linear that is computed by this root's kernel, and a reshaped value, are looked through: what they read is read here.
                bool here = aligned && operand.Space == root.Space && node.Op is not (Op.Gather or Op.Reduce or Op.Linear or Op.Reshape or Op.Rank);
                bool isOwnMaximum = onlineMaxima.Contains(operand) && node.Op is Op.Gather back && back.Map == items;
                IndexMap? within = aligned && node.Op is Op.Reduce reduce ? reduce.Map : SegmentClusters.IsElementwise(node.Op) && node.Op is not Op.Gather ? items : null;
                if (computed.Contains(operand))
                    (here || isOwnMaximum ? sameRow : otherRows).Add(operand);
                else if (operand.Op is not Op.Leaf)
                    Visit(operand, here, within);
            }
        }

        Visit(root, aligned: true, items: null);
        return (sameRow, otherRows);
    }

    private sealed class Cluster
    {
        public List<Node> Members { get; } = [];

        public HashSet<Node> SameRowReads { get; } = [];

        public HashSet<Node> OtherRowReads { get; } = [];

        public HashSet<Cluster> Dependencies { get; } = [];

        public bool IsOpen { get; init; }

        public void Add(Node root, HashSet<Node> sameRow, HashSet<Node> otherRows, IEnumerable<Cluster> dependencies)
        {
            Members.Add(root);
            SameRowReads.UnionWith(sameRow);
            OtherRowReads.UnionWith(otherRows);
            Dependencies.UnionWith(dependencies);
        }

        public void Absorb(Cluster other)
        {
            Members.AddRange(other.Members);
            SameRowReads.UnionWith(other.SameRowReads);
            OtherRowReads.UnionWith(other.OtherRowReads);
            Dependencies.UnionWith(other.Dependencies);
            Dependencies.Remove(this);
            Dependencies.Remove(other);
        }

        public bool Fits(Node root, HashSet<Node> sameRow, bool mixesShapes)
        {
            bool reads = sameRow.Any(Members.Contains);
            return Members.Any(m => m.Type == root.Type)
                ? reads || sameRow.Overlaps(SameRowReads)
                : mixesShapes && reads && Members[0].Space == root.Space && !root.Space.IsSmall && Members.Append(root).All(m => m.Row.Size <= WidestMixedRow);
        }

        /// <summary>How many launches come before at least.</summary>
        public int Level()
        {
            Dictionary<Cluster, int> levels = [];
            int Of(Cluster cluster)
            {
                if (!levels.TryGetValue(cluster, out int level))
                    levels[cluster] = level = cluster.Dependencies.Select(d => Of(d) + 1).DefaultIfEmpty(0).Max();
                return level;
            }

            return Of(this);
        }

        public bool DependsOn(Cluster other)
        {
            HashSet<Cluster> seen = [];
            Stack<Cluster> pending = new([this]);
            while (pending.TryPop(out Cluster? cluster))
            {
                if (ReferenceEquals(cluster, other))
                    return true;
                if (seen.Add(cluster))
                {
                    foreach (Cluster dependency in cluster.Dependencies)
                        pending.Push(dependency);
                }
            }
            return false;
        }
    }
}
