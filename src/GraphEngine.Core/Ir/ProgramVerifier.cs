using System.Globalization;
using System.Text;

namespace GraphEngine.Ir;

/// <summary>Checks a whole program between passes; a failure prints the node and its neighbourhood.</summary>
public static class ProgramVerifier
{
    /// <summary>Checks that every type follows from its operands, that operands come first, and that leaf names are unique.</summary>
    /// <param name="program">The program.</param>
    /// <param name="after">The pass that made it, for the message.</param>
    /// <exception cref="IrException">Something is wrong.</exception>
    public static void Verify(Program program, string after)
    {
        HashSet<Node> seen = [];
        Dictionary<string, Node> leaves = new(StringComparer.Ordinal);
        HashSet<Node> updated = [];
        foreach (Node node in program.Nodes)
        {
            if (node.Operands.FirstOrDefault(o => !seen.Contains(o)) is Node late)
                throw Failure(program, node, after, $"uses {late} before it is made");
            seen.Add(node);
            TensorType type = TypeRules.Infer(node.Op, node.Operands);
            if (type != node.Type)
                throw Failure(program, node, after, $"has the type {node.Type}, but its operands give {type}");
            if (node.Op is Op.Leaf leaf && !leaves.TryAdd(leaf.Name, node))
                throw Failure(program, node, after, $"repeats the name '{leaf.Name}'");
        }
        if (program.Updates.FirstOrDefault(u => !updated.Add(u.Target)) is Update twice)
            throw Failure(program, twice.Target, after, "is updated twice");
        if (program.Outputs.GroupBy(o => o.Name).FirstOrDefault(g => g.Count() > 1) is { } repeated)
            throw new IrException($"After {after}: two outputs are named '{repeated.Key}'.");
    }

    private static IrException Failure(Program program, Node node, string after, string what)
    {
        StringBuilder text = new($"After {after}: {node} = {ProgramPrinter.Describe(node.Op)} {what}.");
        foreach (Node operand in node.Operands)
            text.Append(CultureInfo.InvariantCulture, $"\n  operand {operand} = {ProgramPrinter.Describe(operand.Op)} : {operand.Type}");
        foreach (Node user in program.Nodes.Where(n => n.Operands.Contains(node)))
            text.Append(CultureInfo.InvariantCulture, $"\n  used by {user} = {ProgramPrinter.Describe(user.Op)} : {user.Type}");
        return new IrException(text.ToString());
    }
}
