using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Divides a sum once instead of each of its items, sum (p / S) z = (sum p z) / S, where S belongs to the row that the sum is for. The gradient of S is then -(out, dout) / S,
/// the identity sum alpha dalpha = (out, dout) of Dao et al., arXiv 2205.14135, section B.4: attention weights are divided, and their gradients centred, without another pass over the edges.
/// Legal where S cannot be zero: a row without items is 0 whatever it is divided by.
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

    /// <summary>A value over a number of the row that it belongs to along a map; the number is at least a positive constant.</summary>
    private sealed record Quotient(Node Numerator, Node Denominator, IndexMap Map)
    {
        public static Quotient? Match(Node node) =>
            node.Op is Op.Binary { Kind: BinaryKind.Div } && node.Operands[1] is { Op: Op.Gather { Map: var map } } gather && IsPositive(gather.Operands[0])
                ? new Quotient(node.Operands[0], gather.Operands[0], map)
                : null;

        private static bool IsPositive(Node number) =>
            number.Op is Op.Binary { Kind: BinaryKind.Max } && number.Operands.Any(o => o.Op is Op.Constant { Value: > 0 });
    }
}
