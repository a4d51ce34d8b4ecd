using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Finds stored numbers of rows and of their items that one loop over the rows can compute: a number of a row (such as the largest logit of a node's
/// edges), numbers of its items that read it (their exponentials), sums of those, and more numbers of items that are made from the items' own. Legal
/// when only those items read the number, at their own row, and no path between two members leaves the group. The items of a row lie side by side.
/// Softmax is such a group: one launch instead of three, and items that are still in the cache.
/// </summary>
internal static class SegmentClusters
{
    /// <summary>A group of stored values.</summary>
    /// <param name="Items">The map from items to rows.</param>
    /// <param name="Members">The values, in an order in which they can be computed.</param>
    public sealed record Segment(IndexMap Items, IReadOnlyList<Node> Members);

    /// <summary>Finds the groups; a value is in one at most.</summary>
    /// <param name="stored">The values that a kernel stores.</param>
    /// <param name="isTraversal">True for those that are computed by traversals; others are in no group, but paths lead through them.</param>
    public static IReadOnlyList<Segment> Run(IReadOnlyList<Node> stored, Func<Node, bool> isTraversal)
    {
        HashSet<Node> all = [.. stored];
        Dictionary<Node, Dictionary<Node, IndexMap?>> reads = stored.ToDictionary(r => r, r => Reads(r, all));
        Node[] roots = [.. stored.Where(isTraversal)];
        Dictionary<Node, Node[]> taken = [];
        List<Segment> segments = [];
        // A number that is not made from items can be made where its operands are still at hand, long before the items.
        foreach (Node number in roots.Where(r => r.Row.HeadSize == 1 && r.Op is Op.Reduce))
        {
            Node[] readers = [.. roots.Where(r => reads[r].ContainsKey(number))];
            IndexMap? map = readers.Select(r => reads[r][number]).FirstOrDefault();
            // One row of all items would be one worker's.
            if (map is null || map.To != number.Space || map.To.IsSmall || !map.IsSorted || !Materialize.IsEdges(map.From) || readers.Any(r => r.Row != number.Row || r.Space != map.From || reads[r][number] != map))
                continue;
            Node[] sums = [.. roots.Where(r => r.Op is Op.Reduce { Kind: ReduceKind.Sum } sum && sum.Map == map && readers.Contains(r.Operands[0]) && r.Row == number.Row)];
            // Numbers of items that the group reads, such as the logits behind their maximum, come first; all others read them where they are stored.
            Node[] first = [.. roots.Where(r => r.Row == number.Row && r.Space == map.From && !readers.Contains(r) && reads[number].ContainsKey(r))];
            // Those are stored row by row: a number made along another map would read rows that come later.
            if (first.Length > 0 && ((Op.Reduce)number.Op).Map != map)
                continue;
            // In the order of the program: a number of an item may read the sum of others.
            Node[] members = [.. ((Node[])[.. first, number, .. readers, .. sums]).OrderBy(m => m.Id)];
            if (members.Any(taken.ContainsKey) || members.Any(m => !ReadsOwnRow(m, members, map, all)) || LeavesAndReturns(members, reads, taken))
                continue;
            foreach (Node follower in roots.Where(r => r.Space == map.From && r.Row == number.Row && reads[r].Keys.Any(readers.Contains) && ReadsOwnItems(r, members)))
            {
                if (!members.Contains(follower) && !taken.ContainsKey(follower) && !LeavesAndReturns([.. members, follower], reads, taken))
                    members = [.. members, follower];
            }
            foreach (Node member in members)
                taken[member] = members;
            segments.Add(new Segment(map, members));
        }
        return segments;
    }

    /// <summary>
    /// True when a member depends on another through a value that is no member. What waits for a value of another group waits for all that the group
    /// waits for.
    /// </summary>
    private static bool LeavesAndReturns(Node[] members, Dictionary<Node, Dictionary<Node, IndexMap?>> reads, Dictionary<Node, Node[]> groups)
    {
        HashSet<Node> seen = [];
        Stack<Node> outside = new(members.SelectMany(m => reads[m].Keys).Where(n => !members.Contains(n)));
        while (outside.TryPop(out Node? node))
        {
            if (members.Contains(node))
                return true;
            if (!seen.Add(node))
                continue;
            foreach (Node next in groups.GetValueOrDefault(node, [node]).Where(reads.ContainsKey).SelectMany(n => reads[n].Keys))
                outside.Push(next);
        }
        return false;
    }

    /// <summary>True when whatever a member reads of the others is of its own row, or of the row's items.</summary>
    private static bool ReadsOwnRow(Node member, Node[] members, IndexMap items, HashSet<Node> stored)
    {
        HashSet<(Node, bool)> seen = [];
        bool Own(Node node, bool aligned)
        {
            bool here = aligned && node.Op switch
            {
                Op.Gather gather => gather.Map == items,
                Op.Reduce reduce => reduce.Map == items,
                _ => IsElementwise(node.Op),
            };
            return !seen.Add((node, aligned)) || node.Operands.All(o => members.Contains(o) ? here : stored.Contains(o) || Own(o, here));
        }

        return Own(member, aligned: true);
    }

    /// <summary>True when whatever a value of an item reads of the members is of the item itself.</summary>
    private static bool ReadsOwnItems(Node value, Node[] members)
    {
        HashSet<(Node, bool)> seen = [];
        bool Own(Node node, bool aligned)
        {
            bool here = aligned && node.Op is not Op.Gather && IsElementwise(node.Op);
            return !seen.Add((node, aligned)) || node.Operands.All(o => members.Contains(o) ? here && o.Space == value.Space : Own(o, here));
        }

        return Own(value, aligned: true);
    }

    /// <summary>True for values whose rows are made from the same rows of what they read, along the map of a gather at most.</summary>
    public static bool IsElementwise(Op op) => op is not (Op.Reduce or Op.Reshape or Op.Linear or Op.Outer or Op.Union or Op.Rank);

    /// <summary>The stored values a root reads, with the map where each is read through that one alone, elsewhere null.</summary>
    private static Dictionary<Node, IndexMap?> Reads(Node root, HashSet<Node> stored)
    {
        Dictionary<Node, IndexMap?> found = [];
        HashSet<(Node, IndexMap?, bool)> seen = [];
        void Visit(Node node, IndexMap? map, bool plain)
        {
            if (!seen.Add((node, map, plain)))
                return;
            foreach (Node operand in node.Operands)
            {
                (IndexMap? through, bool isPlain) = node.Op is Op.Gather g ? (map is null ? g.Map : null, plain && map is null)
                    : (map, plain && IsElementwise(node.Op));
                if (!stored.Contains(operand))
                {
                    // A product that is computed by the kernel of what reads it is looked through.
                    Visit(operand, through, isPlain);
                    continue;
                }
                IndexMap? read = isPlain ? through : null;
                found[operand] = found.TryGetValue(operand, out IndexMap? before) && before != read ? null : read;
            }
        }

        Visit(root, null, true);
        return found;
    }
}
