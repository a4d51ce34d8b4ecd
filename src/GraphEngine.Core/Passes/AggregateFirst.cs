using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Moves typed linears from edges to groups. A sum over the edges of a (type, target) group commutes with the group's weight, and so does reading along an
/// edge's group; three rewrites do it forward, backward and for weight gradients. Legal because all edges of a group have one type. Saves one GEMM row per
/// edge beyond the first of each group, and every edge x feature tensor. See Schlichtkrull et al., arXiv 1703.06103, eq. 2, read as sum over relations of (mean) W.
/// </summary>
public static class AggregateFirst
{
    /// <summary>Runs the pass until nothing changes.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program)
    {
        // A linear of a group's own value stays with that group; sums come before other reads, since operands are visited before their users.
        program = UntilStable(program, (node, x) => Linear(node, x, directly: true) ?? Sum(node, x));
        return UntilStable(program, (node, x) => Linear(node, x, directly: false) ?? Outer(node, x));
    }

    private static Program UntilStable(Program program, Func<Node, Node[], Node?> rule)
    {
        while (true)
        {
            Program next = ProgramRewriter.Rewrite(program, (_, node, x) => rule(node, x));
            if (ReferenceEquals(next, program))
                return program;
            program = next;
        }
    }

    /// <summary>sum_m (x W[t(e)]) = (sum_m x) W[s(m(e))] when t = s after m.</summary>
    private static Node? Sum(Node node, Node[] x)
    {
        if (node.Op is not Op.Reduce { Kind: ReduceKind.Sum } sum || x[0].Op is not Op.Linear linear)
            return null;
        foreach ((IndexMap group, IndexMap? rest) in Groups(sum.Map))
        {
            if (Rest(linear.Types, group) is not IndexMap type)
                continue;
            Node product = x[0].Operands[0].Sum(group).Linear(x[0].Operands[1], type, linear.Transposed);
            return rest is null ? product : product.Sum(rest);
        }
        return null;
    }

    /// <summary>x[m(e)] W[t(e)] = (x W[s])[m(e)] when t = s after m.</summary>
    private static Node? Linear(Node node, Node[] x, bool directly)
    {
        if (node.Op is not Op.Linear linear || x[0].Op is not Op.Gather gather)
            return null;
        foreach ((IndexMap group, IndexMap? rest) in Groups(gather.Map))
        {
            if ((directly && rest is not null) || Rest(linear.Types, group) is not IndexMap type)
                continue;
            Node source = rest is null ? x[0].Operands[0] : x[0].Operands[0].Along(rest);
            return source.Linear(x[1], type, linear.Transposed).Along(group);
        }
        return null;
    }

    /// <summary>sum_e a[e]^T g[m(e)] = sum_m (sum of a over m)^T g, and the same with the sides exchanged.</summary>
    private static Node? Outer(Node node, Node[] x)
    {
        if (node.Op is not Op.Outer outer)
            return null;
        for (int side = 1; side >= 0; side--)
        {
            if (x[side].Op is not Op.Gather gather)
                continue;
            foreach ((IndexMap group, IndexMap? rest) in Groups(gather.Map))
            {
                if (Rest(outer.Map, group) is not IndexMap type)
                    continue;
                Node read = rest is null ? x[side].Operands[0] : x[side].Operands[0].Along(rest);
                Node summed = x[1 - side].Sum(group);
                return side == 1 ? summed.Outer(read, type) : read.Outer(summed, type);
            }
        }
        return null;
    }

    /// <summary>A map as a map to groups and, when it is not one itself, what remains.</summary>
    private static IEnumerable<(IndexMap Group, IndexMap? Remainder)> Groups(IndexMap map)
    {
        if (map == IndexMap.EdgeTargetGroup || map == IndexMap.EdgeSourceGroup)
            yield return (map, null);
        foreach ((IndexMap first, IndexMap second) in map.Factorizations)
            yield return (first, second);
    }

    private static IndexMap? Rest(IndexMap whole, IndexMap first) => whole.Factorizations.Where(f => f.First == first).Select(f => f.Second).FirstOrDefault();
}
