namespace GraphEngine.Ir;

/// <summary>A whole computation: named outputs, and new values of parameters and states that take effect when it has run.</summary>
public sealed class Program
{
    /// <summary>Creates a program.</summary>
    /// <param name="outputs">The named results.</param>
    /// <param name="updates">New values of leaves.</param>
    /// <exception cref="ArgumentNullException">The list of results is null.</exception>
    /// <exception cref="IrException">An update's target is no parameter or state, or its value has another type.</exception>
    public Program(IReadOnlyList<Output> outputs, IReadOnlyList<Update>? updates = null)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        Outputs = outputs;
        Updates = updates ?? [];
        foreach (Update update in Updates)
        {
            if (update.Target.Op is not Op.Leaf { Role: LeafRole.Parameter or LeafRole.State })
                throw new IrException($"Only parameters and states can be updated, not {ProgramPrinter.Describe(update.Target.Op)}.");
            if (update.Target.Type != update.Value.Type)
                throw new IrException($"The update of {ProgramPrinter.Describe(update.Target.Op)} has the type {update.Value.Type}.");
        }
        Nodes = ProgramGraph.Reachable(Roots);
    }

    /// <summary>The named results.</summary>
    public IReadOnlyList<Output> Outputs { get; }

    /// <summary>New values of leaves.</summary>
    public IReadOnlyList<Update> Updates { get; }

    /// <summary>All nodes that an output or update needs, operands before their users.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The values of all outputs and updates.</summary>
    public IEnumerable<Node> Roots => Outputs.Select(o => o.Value).Concat(Updates.SelectMany(u => (Node[])[u.Target, u.Value]));

    /// <summary>The leaves in use, in the order they were declared.</summary>
    public IEnumerable<Op.Leaf> Leaves => Nodes.Select(n => n.Op).OfType<Op.Leaf>();

    /// <summary>The value of an output.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is no output of that name.</exception>
    public Node this[string name] => Outputs.FirstOrDefault(o => o.Name == name)?.Value
        ?? throw new KeyNotFoundException($"The program has no output '{name}'; it has {string.Join(", ", Outputs.Select(o => o.Name))}.");

    /// <inheritdoc/>
    public override string ToString() => ProgramPrinter.Print(this);
}
