using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Computes values of edges that depend on one group alone once per group, f(a[m], b[m]) = f(a, b)[m], and takes factors that all rows of a sum share
/// out of the sum: sum s[m] x = s (sum x). Legal because values are pure. Saves the work of every edge beyond the first of its group: attention
/// logits of one end are dots on groups, not on edges.
/// </summary>
public static class Compaction
{
    /// <summary>Runs the pass until nothing changes.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program) =>
        ProgramRewriter.Repeat(program, p => ProgramRewriter.Rewrite(p, (builder, node, x) => Merge(node, x) ?? Hoist(builder, node, x) ?? SharedFactor(node, x)));

    /// <summary>x[m2][m1] = x[m2 after m1]</summary>
    private static Node? Merge(Node node, Node[] x) =>
        node.Op is Op.Gather outer && x[0].Op is Op.Gather inner && MapAlgebra.Compose(outer.Map, inner.Map) is IndexMap whole && whole.To != Space.One
            ? x[0].Operands[0].Along(whole)
            : null;

    /// <summary>f(a[m], b[m]) = f(a, b)[m], for functions of edges whose operands can all be read through one map to groups.</summary>
    private static Node? Hoist(ProgramBuilder builder, Node node, Node[] x)
    {
        if (EdgeSet.Of(node.Space) is not { Sides: null } edges || node.Space != edges.Edges || node.Op is not Op.ReduceColumns)
            return null;
        IReadOnlyList<Node> computed = Computed(x[0]);
        Node[] leaves = [.. computed.SelectMany(n => n.Operands).Except(computed)];
        if (leaves.Length < 2)
            return null;
        foreach (IndexMap group in (IndexMap[])[edges.TargetGroup, edges.SourceGroup])
        {
            if (leaves.All(l => Rest(l, group) is not null))
                return builder.Add(node.Op, Rebuild(builder, computed, leaves, group)).Along(group);
        }
        return null;
    }

    /// <summary>The functions that a value is made by, operands before their users.</summary>
    private static IReadOnlyList<Node> Computed(Node value)
    {
        HashSet<Node> seen = [];
        Stack<Node> pending = new([value]);
        while (pending.TryPop(out Node? node))
        {
            if (node.Op is not (Op.Unary or Op.Binary) || !seen.Add(node))
                continue;
            foreach (Node operand in node.Operands)
                pending.Push(operand);
        }
        return [.. seen.OrderBy(n => n.Id)];
    }

    private static Node Rebuild(ProgramBuilder builder, IReadOnlyList<Node> computed, Node[] leaves, IndexMap group)
    {
        Dictionary<Node, Node> made = leaves.ToDictionary(l => l, l => Rest(l, group)!);
        foreach (Node node in computed)
            made[node] = builder.Add(node.Op, [.. node.Operands.Select(o => made[o])]);
        return made[computed[^1]];
    }

    /// <summary>A value of edges as a value of groups; null when it is none.</summary>
    private static Node? Rest(Node node, IndexMap group)
    {
        if (node.Space == Space.One)
            return node;
        if (node.Op is not Op.Gather gather)
            return null;
        if (gather.Map == group)
            return node.Operands[0];
        return gather.Map.Factorizations.Where(f => f.First == group).Select(f => node.Operands[0].Along(f.Second)).FirstOrDefault();
    }

    /// <summary>sum over m of s[m] x = s (sum over m of x), s a number per row and head, finite where there is nothing to sum.</summary>
    private static Node? SharedFactor(Node node, Node[] x)
    {
        if (node.Op is not Op.Reduce { Kind: ReduceKind.Sum } sum || x[0].Op is not Op.Binary { Kind: BinaryKind.Mul })
            return null;
        for (int side = 0; side < 2; side++)
        {
            (Node factor, Node rest) = (x[0].Operands[side], x[0].Operands[1 - side]);
            if (factor.Row.HeadSize != 1 || factor.Op is not Op.Gather gather || rest.Space != node.Operands[0].Space || rest.Row != node.Row || !FiniteValues.Holds(factor))
                continue;
            if (gather.Map == sum.Map)
                return rest.Sum(sum.Map) * factor.Operands[0];
            foreach ((IndexMap first, IndexMap second) in gather.Map.Factorizations)
            {
                if (first == sum.Map)
                    return rest.Sum(sum.Map) * factor.Operands[0].Along(second);
            }
        }
        return null;
    }
}
