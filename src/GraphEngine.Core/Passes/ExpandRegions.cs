using GraphEngine.Ir;

namespace GraphEngine.Passes;

/// <summary>
/// Writes fixed points as the applications of their bodies. Runs after differentiation: gradients are those of the fixed point, not of the steps that
/// led there, so that nothing of the steps is kept. All steps have one text and share one compiled kernel.
/// </summary>
public static class ExpandRegions
{
    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program)
    {
        // A body may hold a region itself.
        while (program.Nodes.Any(n => n.Op is Op.FixedPoint))
            program = ProgramRewriter.Rewrite(program, (builder, node, x) => node.Op is Op.FixedPoint op ? Apply(op, builder, x) : null);
        return program;
    }

    /// <summary>A pass that puts the bodies of regions in its form too.</summary>
    /// <param name="pass">The pass.</param>
    public static Func<Program, Program> Within(Func<Program, Program> pass) => program => ProgramRewriter.Rewrite(
        pass(program), (builder, node, x) => node.Op is Op.FixedPoint op ? builder.Add(op with { Body = op.Body.Apply(Within(pass)) }, x) : null);

    private static Node Apply(Op.FixedPoint op, ProgramBuilder builder, Node[] operands)
    {
        Node x = operands[0];
        for (int i = 0; i < op.Applications; i++)
            x = op.Body.Inline(builder, x, operands[1..]);
        return x;
    }
}
