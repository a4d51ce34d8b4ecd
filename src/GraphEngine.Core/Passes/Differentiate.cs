using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Reverse-mode differentiation of inter-op programs. Legal on every program; runs before any layout is chosen, so that
/// the backward program is optimised on its own merits by the same passes.
/// </summary>
public static class Differentiate
{
    /// <summary>The gradients of a scalar with respect to some values.</summary>
    /// <param name="loss">A scalar in <see cref="Space.One"/>.</param>
    /// <param name="withRespectTo">The values asked for.</param>
    /// <returns>A gradient of the same type for each value; zero where the loss does not depend on it.</returns>
    /// <exception cref="IrException">The loss is no scalar, or an op on the way has no gradient rule.</exception>
    public static IReadOnlyDictionary<Node, Node> Run(Node loss, IReadOnlyCollection<Node> withRespectTo)
    {
        if (loss.Type != new TensorType(Space.One, RowShape.Scalar))
            throw new IrException($"Only a scalar in one can be differentiated, but the loss has the type {loss.Type}.");
        IReadOnlyList<Node> order = ProgramGraph.Reachable([loss]);
        HashSet<Node> active = [];
        foreach (Node node in order)
        {
            if (withRespectTo.Contains(node) || (node.Op is not Op.Detach && node.Operands.Any(active.Contains)))
                active.Add(node);
        }

        Dictionary<Node, Node> gradients = new() { [loss] = loss.Builder.Constant(1) };
        foreach (Node node in order.Reverse())
        {
            if (!active.Contains(node) || node.Operands.Count == 0 || !gradients.TryGetValue(node, out Node? upstream))
                continue;
            bool[] wanted = [.. node.Operands.Select(active.Contains)];
            Node?[] parts = GradientRules.Apply(node, upstream, wanted);
            for (int i = 0; i < parts.Length; i++)
            {
                if (wanted[i] && parts[i] is Node part)
                    Accumulate(gradients, node.Operands[i], GradientRules.Narrow(part, node.Operands[i].Type));
            }
        }
        return withRespectTo.ToDictionary(n => n, n => gradients.GetValueOrDefault(n) ?? Zero(n));
    }

    private static void Accumulate(Dictionary<Node, Node> gradients, Node value, Node part) =>
        gradients[value] = gradients.TryGetValue(value, out Node? sum) ? sum + part : part;

    private static Node Zero(Node node)
    {
        Node zero = node.Builder.Constant(0);
        return (node.Space == Space.One ? zero : zero.Along(IndexMap.ToOne(node.Space))).Expand(node.Row);
    }
}
