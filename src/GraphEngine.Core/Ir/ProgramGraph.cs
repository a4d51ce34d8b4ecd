namespace GraphEngine.Ir;

/// <summary>Which nodes a program needs, in which order, and which of them read each other.</summary>
public static class ProgramGraph
{
    /// <summary>All nodes that some roots need, operands before users, in a stable order.</summary>
    /// <param name="roots">The roots.</param>
    public static IReadOnlyList<Node> Reachable(IEnumerable<Node> roots)
    {
        HashSet<Node> seen = [];
        Stack<Node> pending = new(roots);
        while (pending.TryPop(out Node? node))
        {
            if (!seen.Add(node))
                continue;
            foreach (Node operand in node.Operands)
                pending.Push(operand);
        }
        // Numbers grow from operands to users, so that sorting by them is a topological order that does not depend on the search.
        return [.. seen.OrderBy(n => n.Id)];
    }

    /// <summary>The nodes that read each node.</summary>
    /// <param name="program">The program.</param>
    public static ILookup<Node, Node> Users(Program program) => program.Nodes.SelectMany(n => n.Operands.Distinct().Select(o => (o, n))).ToLookup(p => p.o, p => p.n);
}
