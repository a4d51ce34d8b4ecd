using GraphEngine.Ir;

namespace GraphEngine.Passes;

/// <summary>Reverse-mode differentiation: follows a gradient from a value back to the values it was made of, one rule per op.</summary>
internal static class Adjoint
{
    /// <summary>The gradients of some values, each in the type of its value; those that the root does not depend on are missing.</summary>
    /// <param name="root">The value that is differentiated.</param>
    /// <param name="seed">Its gradient, in its type.</param>
    /// <param name="withRespectTo">The values; nothing is followed beyond them.</param>
    /// <exception cref="IrException">An op on the way has no gradient rule.</exception>
    public static IReadOnlyDictionary<Node, Node> Run(Node root, Node seed, IReadOnlyCollection<Node> withRespectTo)
    {
        HashSet<Node> ends = [.. withRespectTo], active = [];
        IReadOnlyList<Node> order = ProgramGraph.Reachable([root]);
        foreach (Node node in order)
        {
            if (ends.Contains(node) || (node.Op is not Op.Detach && node.Operands.Any(active.Contains)))
                active.Add(node);
        }

        Dictionary<Node, Node> gradients = new() { [root] = seed };
        foreach (Node node in order.Reverse())
        {
            if (!active.Contains(node) || ends.Contains(node) || !gradients.TryGetValue(node, out Node? upstream))
                continue;
            bool[] wanted = [.. node.Operands.Select(active.Contains)];
            Node?[] parts = GradientRules.Apply(node, upstream, wanted);
            for (int i = 0; i < parts.Length; i++)
            {
                if (wanted[i] && parts[i] is Node part)
                    Accumulate(gradients, node.Operands[i], GradientRules.Narrow(part, node.Operands[i].Type));
            }
        }
        return ends.Where(gradients.ContainsKey).ToDictionary(n => n, n => gradients[n]);
    }

    private static void Accumulate(Dictionary<Node, Node> gradients, Node value, Node part) =>
        gradients[value] = gradients.TryGetValue(value, out Node? sum) ? sum + part : part;
}
