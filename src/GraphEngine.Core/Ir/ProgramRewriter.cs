namespace GraphEngine.Ir;

/// <summary>Rebuilds a program node by node, operands first. A pass supplies the rule; where nothing changes the same program is returned.</summary>
public static class ProgramRewriter
{
    /// <summary>What to put in place of a node.</summary>
    /// <param name="builder">The builder of the new program.</param>
    /// <param name="node">The old node.</param>
    /// <param name="operands">Its operands in the new program.</param>
    /// <returns>The new node, or null to copy the old one.</returns>
    public delegate Node? Rule(ProgramBuilder builder, Node node, Node[] operands);

    /// <summary>Applies a rule to every node.</summary>
    /// <param name="program">The program.</param>
    /// <param name="rule">The rule.</param>
    public static Program Rewrite(Program program, Rule rule)
    {
        ProgramBuilder builder = new();
        Dictionary<Node, Node> map = [];
        bool changed = false;
        foreach (Node node in program.Nodes)
        {
            Node[] operands = [.. node.Operands.Select(o => map[o])];
            Node? replacement = rule(builder, node, operands);
            changed |= replacement is not null;
            map[node] = replacement ?? builder.Add(node.Op, operands);
        }
        return changed ? Translate(program, n => map[n]) : program;
    }

    /// <summary>Applies a pass again and again, until it changes nothing.</summary>
    /// <param name="program">The program.</param>
    /// <param name="pass">The pass, which returns the same program where it has nothing to do.</param>
    public static Program Repeat(Program program, Func<Program, Program> pass)
    {
        while (true)
        {
            Program next = pass(program);
            if (ReferenceEquals(next, program))
                return program;
            program = next;
        }
    }

    private static Program Translate(Program program, Func<Node, Node> map) => new(
        [.. program.Outputs.Select(o => o with { Value = map(o.Value) })],
        [.. program.Updates.Select(u => new Update(map(u.Target), map(u.Value)))]);
}
