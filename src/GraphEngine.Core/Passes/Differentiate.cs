using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Reverse-mode differentiation: writes every gradient of a program as nodes. Runs after the passes that choose a form for what the model computes: the adjoint
/// of the better form is the better form of the adjoint, so that weights, sides and denominators are moved once and their gradients follow.
/// </summary>
public static class Differentiate
{
    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    /// <exception cref="IrException">An op on the way from a loss to a leaf has no gradient rule.</exception>
    public static Program Run(Program program)
    {
        ILookup<Node, Node> wanted = program.Nodes.Where(n => n.Op is Op.Gradient).ToLookup(n => n.Operands[0], n => n.Operands[1]);
        Dictionary<Node, IReadOnlyDictionary<Node, Node>> known = [];
        Program gradients = ProgramRewriter.Rewrite(program, (builder, node, x) =>
        {
            if (node.Op is not Op.Gradient)
                return null;
            if (!known.TryGetValue(x[0], out IReadOnlyDictionary<Node, Node>? ofLoss))
                known[x[0]] = ofLoss = Gradients(x[0], [.. wanted[node.Operands[0]].Select(leaf => builder.Add(leaf.Op)).Distinct()]);
            return ofLoss[x[1]];
        });
        // With all gradients written out, nothing is left to be held back from them.
        return ProgramRewriter.Rewrite(gradients, (_, node, x) => node.Op is Op.Detach ? x[0] : null);
    }

    private static Dictionary<Node, Node> Gradients(Node loss, Node[] withRespectTo)
    {
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
