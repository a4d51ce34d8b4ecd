using GraphEngine.Ir;

namespace GraphEngine.Passes;

/// <summary>
/// Values that are finite whatever finite numbers leaves hold, but for overflow. Where a sum has no items it is zero, and stays so times a finite number only: 0 times infinity is no
/// number.
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
            if (node.Op is Op.Unary { Kind: UnaryKind.Reciprocal or UnaryKind.Exp or UnaryKind.Log or UnaryKind.Sqrt } && !IsRootOfDegree(node))
                return false;
            if (node.Op is Op.Binary { Kind: BinaryKind.Div } && !IsPositive(node.Operands[1]))
                return false;
            foreach (Node operand in node.Operands)
                pending.Push(operand);
        }
        return true;
    }

    /// <summary>True for the square root of an inverse degree, as in the normalisation of Kipf and Welling, arXiv 1609.02907.</summary>
    private static bool IsRootOfDegree(Node node) => node.Op is Op.Unary { Kind: UnaryKind.Sqrt } && Source(node.Operands[0]).Op is Op.InverseDegree;

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
