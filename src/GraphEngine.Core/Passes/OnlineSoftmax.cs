using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Makes the maximum of a softmax's row in the loop that sums its exponentials (Milakov and Gimelshein, Online normalizer calculation for softmax,
/// arXiv 1805.02867), where nothing keeps those exponentials: one loop over the items of a row instead of two. Logits that cost little are made again
/// wherever they are read, so that no number of an edge is stored at all.
/// </summary>
/// <param name="users">The users of a node.</param>
/// <param name="roots">The values that get memory of their own.</param>
/// <param name="addsByEdges">True where edges add themselves to sums, so that no loop over a row's items makes any.</param>
internal sealed class OnlineSoftmax(Func<Node, IReadOnlyList<Node>> users, ISet<Node> roots, bool addsByEdges)
{
    // Such as two numbers of groups and a function of their sum.
    private const int MostLogitParts = 8;

    /// <summary>
    /// Takes memory from logits that cost little, and from maxima that only one kernel reads. Gives the maxima that may be made with sums.
    /// </summary>
    /// <param name="program">The program.</param>
    /// <param name="mayDrop">True for values that need no memory for another reason.</param>
    public IReadOnlySet<Node> Run(Program program, Func<Node, bool> mayDrop)
    {
        HashSet<Node> maxima = [];
        foreach (Node maximum in program.Nodes.Where(n => n.Op is Op.Reduce { Kind: ReduceKind.Max } max && Materialize.IsEdges(max.Map.From) && !n.Space.IsSmall && roots.Contains(n)))
        {
            Node logits = maximum.Operands[0];
            Node[] shifted = [.. users(maximum).SelectMany(users).Where(u => IsShifted(u, logits, maximum))];
            Node[] exponentials = [.. shifted.SelectMany(users).Where(u => u.Op is Op.Unary { Kind: UnaryKind.Exp })];
            if (exponentials.Length == 0 || exponentials.Any(roots.Contains))
                continue;
            maxima.Add(maximum);
            if (mayDrop(logits) && AreCheap(logits))
                roots.Remove(logits);
            bool isForExponentials = users(maximum).All(g => g.Op is Op.Gather && !roots.Contains(g) && users(g).All(shifted.Contains)) && shifted.All(s => !roots.Contains(s) && users(s).All(exponentials.Contains));
            if (addsByEdges || !mayDrop(maximum) || !isForExponentials)
                continue;
            // Numbers of the row come with sums of wider rows, which a loop makes anyway.
            Node[] sums = [.. exponentials.SelectMany(users).Where(u => roots.Contains(u) && IsSum(u, maximum) && mayDrop(u) && users(u).All(v => v.Space == u.Space)).Distinct()];
            bool hasRows = exponentials.SelectMany(users).Any(u => u.Row.Size > maximum.Row.Size && !roots.Contains(u) && users(u).Any(v => v.Op is Op.Reduce));
            if (hasRows)
                roots.ExceptWith(sums);
            if (IsReadByOneKernel(exponentials, maximum))
                roots.Remove(maximum);
            else
                roots.UnionWith(sums);
        }
        return maxima;
    }

    /// <summary>True for a few steps from stored numbers; a dot of two rows is not made again for every lane that weighs a column with it.</summary>
    private bool AreCheap(Node logits)
    {
        HashSet<Node> parts = [];
        Stack<Node> pending = new([logits]);
        while (pending.TryPop(out Node? part))
        {
            if (part.Op is Op.Leaf || (part != logits && roots.Contains(part)) || !parts.Add(part))
                continue;
            if (part.Row.HeadSize > 1 || part.Op is Op.Reduce or Op.ReduceColumns || parts.Count > MostLogitParts)
                return false;
            foreach (Node operand in part.Operands)
                pending.Push(operand);
        }
        return true;
    }

    private static bool IsShifted(Node node, Node logits, Node maximum) => node.Op is Op.Binary { Kind: BinaryKind.Sub } && node.Operands[0] == logits
        && node.Operands[1] is { Op: Op.Gather gather } shift && shift.Operands[0] == maximum && gather.Map == ((Op.Reduce)maximum.Op).Map;

    private static bool IsSum(Node node, Node maximum) => node.Op is Op.Reduce { Kind: ReduceKind.Sum } sum && node.Row == maximum.Row && sum.Map == ((Op.Reduce)maximum.Op).Map;

    /// <summary>
    /// True when one kernel over the maximum's rows makes all of the exponentials, each for its own row: elsewhere a row's loop would run once for
    /// whatever reads the row.
    /// </summary>
    private bool IsReadByOneKernel(IEnumerable<Node> exponentials, Node maximum)
    {
        IndexMap map = ((Op.Reduce)maximum.Op).Map;
        HashSet<Node> seen = [], readers = [];
        Stack<Node> pending = new(exponentials);
        while (pending.TryPop(out Node? value))
        {
            if (!seen.Add(value))
                continue;
            foreach (Node user in users(value))
            {
                bool isOfItems = value.Space == map.From, staysHere = value.Space == user.Space && user.Op is not Op.Gather && SegmentClusters.IsElementwise(user.Op);
                if (!staysHere && !(isOfItems ? user.Op is Op.Reduce reduce && reduce.Map == map : user.Op is Op.Gather gather && gather.Map == map))
                    return false;
                if (!roots.Contains(user))
                    pending.Push(user);
                else if (user.Space == maximum.Space)
                    readers.Add(user);
                else
                    return false;
            }
        }
        return readers.Count == 1;
    }
}
