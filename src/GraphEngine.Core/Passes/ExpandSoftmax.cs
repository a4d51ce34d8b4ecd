using GraphEngine.Ir;

namespace GraphEngine.Passes;

/// <summary>Writes softmax along a map as shift, exponential and division. The shift by the maximum keeps every logit finite; it cancels, so it has no gradient.</summary>
public static class ExpandSoftmax
{
    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program) => ProgramRewriter.Rewrite(program, (_, node, x) =>
    {
        if (node.Op is not Op.Softmax op)
            return null;
        Node shifted = (x[0] - x[0].Max(op.Map).Detach().Along(op.Map)).Exp();
        return shifted / shifted.Sum(op.Map).Along(op.Map);
    });
}
