using GraphEngine.Ir;

namespace GraphEngine.Passes;

/// <summary>
/// Writes every gradient of a program as nodes. Runs after the passes that choose a form for what the model computes: the adjoint
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
            // By the old loss, as what is asked of each: two of them may become one value.
            if (!known.TryGetValue(node.Operands[0], out IReadOnlyDictionary<Node, Node>? ofLoss))
                known[node.Operands[0]] = ofLoss = Gradients(x[0], [.. wanted[node.Operands[0]].Select(leaf => builder.Add(leaf.Op)).Distinct()]);
            return ofLoss[x[1]];
        });
        // With all gradients written out, nothing is left to be held back from them.
        return ProgramRewriter.Rewrite(gradients, (_, node, x) => node.Op is Op.Detach ? x[0] : null);
    }

    private static Dictionary<Node, Node> Gradients(Node loss, Node[] withRespectTo)
    {
        IReadOnlyDictionary<Node, Node> gradients = Adjoint.Run(loss, loss.Builder.Constant(1), withRespectTo);
        return withRespectTo.ToDictionary(n => n, n => gradients.GetValueOrDefault(n) ?? n.Builder.Zero(n.Type));
    }
}
