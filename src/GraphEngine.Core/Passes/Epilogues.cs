using GraphEngine.Ir;

namespace GraphEngine.Passes;

/// <summary>
/// Finds products that need no memory: one that only one stored value of the same row uses, directly or through values that nothing else uses, is
/// computed by that value's kernel, which goes on with the product in registers.
/// </summary>
internal static class Epilogues
{
    /// <summary>Finds at most one product for each stored value.</summary>
    /// <param name="program">The program.</param>
    /// <param name="kept">Which values are stored.</param>
    /// <param name="sharesColumns">True where lanes share the columns of a row.</param>
    /// <returns>The stored value that each product is computed with.</returns>
    public static IReadOnlyDictionary<Node, Node> Run(Program program, Materialize kept, bool sharesColumns)
    {
        Dictionary<Node, int> waits = [];
        foreach (Node node in program.Nodes)
            waits[node] = node.Operands.Select(o => waits[o]).DefaultIfEmpty(0).Max() + (kept.IsRoot(node) ? 1 : 0);
        HashSet<Node> results = [.. program.Roots];
        Dictionary<Node, Node> epilogueOf = [];
        foreach (Node root in program.Nodes.Where(n => kept.IsRoot(n) && !kept.IsProduct(n) && n.Op is not (Op.Outer or Op.Reshape or Op.Reduce)))
        {
            // Lanes share the columns in a kernel over rows; in an epilogue they would have to keep whole rows of the product.
            if (sharesColumns && root.Row.HeadSize == 1 && kept.Users(root).Any(Materialize.IsWeightSum))
                continue;
            // Of two that are added the one that waits longer finds the other's rows made.
            Node? best = Candidates(root, kept, results).MaxBy(p => ((long)Materialize.LinearOf(p).Operands[1].Row.Size, kept.IsSumOfProducts(root) ? waits[p] : 0));
            if (best is not null)
                epilogueOf[best] = root;
        }
        return epilogueOf;
    }

    private static IEnumerable<Node> Candidates(Node root, Materialize kept, HashSet<Node> results)
    {
        HashSet<Node> seen = [root];
        Stack<Node> pending = new(seen);
        while (pending.TryPop(out Node? node))
        {
            if (kept.IsProduct(node))
            {
                yield return node;
                continue;
            }
            // From left to right.
            foreach (Node operand in node.Operands.Reverse().Where(o => o.Space == node.Space && node.Op is Op.Unary or Op.Binary or Op.Dropout or Op.ReduceColumns))
            {
                if (kept.Users(operand).Count == 1 && (kept.IsProduct(operand) ? !results.Contains(operand) : !kept.IsRoot(operand)) && seen.Add(operand))
                    pending.Push(operand);
            }
        }
    }
}
