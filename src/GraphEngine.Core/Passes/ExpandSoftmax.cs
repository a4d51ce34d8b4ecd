using GraphEngine.Ir;

namespace GraphEngine.Passes;

/// <summary>
/// Writes softmax along a map as p / S: p = exp(x - max), S = the sum of p. The shift by the maximum keeps every logit finite; it cancels, so it has
/// no gradient.
/// </summary>
public static class ExpandSoftmax
{
    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program) => ProgramRewriter.Rewrite(program, (builder, node, x) =>
    {
        if (node.Op is not Op.Softmax { Map: var map })
            return null;
        Node p = (x[0] - x[0].Max(map).Detach().Along(map)).Exp();
        // At least 1 where a row arrives, since the largest exponential is 1; where none does, the sums are zero whatever they are divided by. Half
        // of it, since a device that makes logits again may round them in another way, and what reads the sum must not take 0.9999999 for a row of
        // nothing.
        Node sum = builder.Binary(BinaryKind.Max, p.Sum(map), builder.Constant(0.5));
        return p / sum.Along(map);
    });
}
