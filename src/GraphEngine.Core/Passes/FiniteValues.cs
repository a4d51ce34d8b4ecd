using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Values that are finite whatever finite numbers leaves hold, but for overflow. Where a sum has no items it is zero, and stays so times a finite
/// number only: 0 times infinity is no number. The square root of an inverse degree is one, as in the normalisation of Kipf and Welling, arXiv
/// 1609.02907.
/// </summary>
internal static class FiniteValues
{
    /// <summary>True for such a value.</summary>
    /// <param name="value">The value.</param>
    public static bool Holds(Node value)
    {
        HashSet<Node> seen = [];
        Stack<Node> pending = new([value]);
        while (pending.TryPop(out Node? node))
        {
            if (node.Op is Op.InverseDegree || !seen.Add(node))
                continue;
            if (ShiftedAlong(node) is not null)
            {
                // At most 1, where what is shifted is finite.
                pending.Push(node.Operands[0].Operands[0]);
                continue;
            }
            switch (node.Op)
            {
                case Op.Constant c when !double.IsFinite(c.Value):
                // What a body divides by is not looked at, nor what a gradient does where a positive number hid that something is infinite.
                case Op.FixedPoint or Op.Gradient:
                case Op.Unary { Kind: UnaryKind.Exp or UnaryKind.Log }:
                case Op.Unary { Kind: UnaryKind.Reciprocal } when !IsPositive(node.Operands[0]):
                case Op.Unary { Kind: UnaryKind.Sqrt } when Source(node.Operands[0]).Op is not Op.InverseDegree:
                case Op.Binary { Kind: BinaryKind.Div } when !IsPositive(node.Operands[1]):
                    return false;
                case Op.Unary { Kind: UnaryKind.Reciprocal }:
                    break;
                case Op.Binary { Kind: BinaryKind.Div }:
                    pending.Push(node.Operands[0]);
                    break;
                default:
                    foreach (Node operand in node.Operands)
                        pending.Push(operand);
                    break;
            }
        }
        return true;
    }

    /// <summary>The map along which exp(x - max) is shifted by its row's maximum, so that it is at most 1; null for other values.</summary>
    /// <param name="value">The value.</param>
    public static IndexMap? ShiftedAlong(Node value) =>
        value is { Op: Op.Unary { Kind: UnaryKind.Exp } } && value.Operands[0] is { Op: Op.Binary { Kind: BinaryKind.Sub } } shifted
        && shifted.Operands[1] is { Op: Op.Gather gather } shift && (shift.Operands[0].Op is Op.Detach ? shift.Operands[0].Operands[0] : shift.Operands[0]) is { Op: Op.Reduce { Kind: ReduceKind.Max } largest } maximum
        && largest.Map == gather.Map && ReferenceEquals(maximum.Operands[0], shifted.Operands[0]) ? gather.Map : null;

    /// <summary>True for numbers that a constant keeps away from zero.</summary>
    private static bool IsPositive(Node node) =>
        IsPositiveConstant(Source(node)) || (Source(node) is { Op: Op.Binary { Kind: BinaryKind.Max } } largest && largest.Operands.Any(IsPositiveConstant));

    private static bool IsPositiveConstant(Node node) => node.Op is Op.Constant { Value: > 0 };

    private static Node Source(Node node)
    {
        while (node.Op is Op.Gather)
            node = node.Operands[0];
        return node;
    }
}
