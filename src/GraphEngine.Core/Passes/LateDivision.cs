using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Divides a sum once instead of each of its items, sum (p / S) z = (sum p z) / S, where p are the exponentials of a softmax and S is their sum for
/// the row that the sum is for. The gradient of S is then -(out, dout) / S, the identity sum alpha dalpha = (out, dout) of Dao et al., arXiv
/// 2205.14135, section B.4: attention weights are divided, and their gradients centred, without another pass over the edges. Legal since S is at
/// least 1 where a row has items, and p at most 1: a row without items, which a constant keeps from being divided by nothing, is 0 whatever it is
/// divided by, and no sum is larger than before by more than the number of its items.
/// </summary>
public static class LateDivision
{
    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program) => ProgramRewriter.Rewrite(program, (builder, node, x) => node.Op switch
    {
        // What is dropped or kept may be divided afterwards.
        Op.Dropout when Quotient.Match(x[0]) is { } q => builder.Add(node.Op, q.Numerator, x[1], x[2]) / q.Denominator.Along(q.Map),
        Op.Reduce { Kind: ReduceKind.Sum, Map: var map } when x[0].Op is Op.Binary { Kind: BinaryKind.Mul } => Divided(x[0].Operands[0], x[0].Operands[1], map) ?? Divided(x[0].Operands[1], x[0].Operands[0], map),
        _ => null,
    });

    private static Node? Divided(Node weights, Node values, IndexMap map) =>
        Quotient.Match(weights) is { } q && q.Map == map ? (q.Numerator * values).Sum(map) / q.Denominator : null;

    /// <summary>Exponentials, of which some may have been dropped, over the sum of all of them in their row.</summary>
    private sealed record Quotient(Node Numerator, Node Denominator, IndexMap Map)
    {
        public static Quotient? Match(Node node)
        {
            if (node.Op is not Op.Binary { Kind: BinaryKind.Div } || node.Operands[1] is not { Op: Op.Gather { Map: var map } } gather)
                return null;
            (Node numerator, Node sum) = (node.Operands[0], gather.Operands[0]);
            Node exponentials = numerator.Op is Op.Dropout ? numerator.Operands[0] : numerator;
            return sum.Op is Op.Binary { Kind: BinaryKind.Max } && sum.Operands[1].Op is Op.Constant { Value: > 0 } && FiniteValues.ShiftedAlong(exponentials) == map
                && sum.Operands[0] is { Op: Op.Reduce { Kind: ReduceKind.Sum } reduce } total && reduce.Map == map && ReferenceEquals(total.Operands[0], exponentials)
                ? new Quotient(numerator, sum, map)
                : null;
        }
    }
}
