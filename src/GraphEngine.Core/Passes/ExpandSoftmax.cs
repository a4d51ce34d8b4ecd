using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Writes softmax along a map as p / S: p = exp(x - max), S = the sum of p. The shift by the maximum keeps every logit finite; it cancels, so it has no gradient.
/// Where weights only scale what is summed along the same map, S leaves the sum: sum (p / S) z = (sum p z) / S. Its gradient is then
/// -(out, dout) / S, the identity sum alpha dalpha = (out, dout) of Dao et al., arXiv 2205.14135, section B.4, and costs no pass over the rows.
/// </summary>
public static class ExpandSoftmax
{
    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program)
    {
        Dictionary<Node, Parts> parts = [];
        return ProgramRewriter.Rewrite(program, (builder, node, x) =>
        {
            switch (node.Op)
            {
                case Op.Softmax op:
                    Node p = (x[0] - x[0].Max(op.Map).Detach().Along(op.Map)).Exp();
                    // At least 1 where a row arrives, since the largest exponential is 1; where none does, the sums are zero whatever they are divided by.
                    Node sum = builder.Binary(BinaryKind.Max, p.Sum(op.Map), builder.Constant(1));
                    Node weights = p / sum.Along(op.Map);
                    parts[weights] = new Parts(op.Map, p, sum);
                    return weights;
                case Op.Dropout when parts.TryGetValue(x[0], out Parts? kept):
                    Node dropped = builder.Add(node.Op, kept.Exponentials, x[1], x[2]);
                    Node scaled = dropped / kept.Sum.Along(kept.Map);
                    parts[scaled] = kept with { Exponentials = dropped };
                    return scaled;
                case Op.Reduce { Kind: ReduceKind.Sum } reduce when x[0].Op is Op.Binary { Kind: BinaryKind.Mul }:
                    (Node a, Node b) = (x[0].Operands[0], x[0].Operands[1]);
                    if (!parts.TryGetValue(a, out Parts? found) && !parts.TryGetValue(b, out found))
                        return null;
                    Node values = parts.ContainsKey(a) ? b : a;
                    return found.Map == reduce.Map ? (found.Exponentials * values).Sum(reduce.Map) / found.Sum : null;
                default:
                    return null;
            }
        });
    }

    private sealed record Parts(IndexMap Map, Node Exponentials, Node Sum);
}
