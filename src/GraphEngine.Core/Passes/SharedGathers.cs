using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Finds numbers of items that are made from a long row which a sum over the same items gathers as well, such as gradients of attention weights, made from the gradients of nodes that
/// messages have to be summed up from. The loop of the sum then makes and stores the numbers too: the row is gathered once, and what each number is multiplied by is read once for all
/// items of its group. Legal where neither waits for the other.
/// </summary>
internal sealed class SharedGathers
{
    // Shorter rows cost less to gather again than to store numbers here and there.
    private const int SmallestRow = 16;

    private readonly IReadOnlyList<IReadOnlyList<Node>> _kernels;
    private readonly Func<Node, bool> _isStored;
    private readonly Dictionary<Node, IReadOnlyList<Node>> _kernelOf = [];
    private readonly Dictionary<IReadOnlyList<Node>, HashSet<IReadOnlyList<Node>>> _before = [];
    private readonly Dictionary<Node, HashSet<IReadOnlyList<Node>>> _needs = [];

    private SharedGathers(IReadOnlyList<IReadOnlyList<Node>> kernels, Func<Node, bool> isStored)
    {
        (_kernels, _isStored) = (kernels, isStored);
        foreach (IReadOnlyList<Node> kernel in kernels)
        {
            foreach (Node node in kernel)
                _kernelOf[node] = kernel;
        }
        foreach (IReadOnlyList<Node> kernel in kernels)
            _before[kernel] = [.. kernel.SelectMany(n => n.Operands).SelectMany(Needs).Where(k => k != kernel)];
    }

    /// <summary>Numbers of items that another kernel's loop makes.</summary>
    /// <param name="Stored">The stored value that they are rows of.</param>
    /// <param name="Value">The numbers: the stored value itself, or an operand of a union.</param>
    /// <param name="Where">The map from the numbers to rows of the union; null without one.</param>
    /// <param name="Items">The map whose items the loop visits.</param>
    /// <param name="Host">The stored values of the kernel with the loop.</param>
    public sealed record Guest(Node Stored, Node Value, IndexMap? Where, IndexMap Items, IReadOnlyList<Node> Host);

    /// <summary>Finds a loop for each value that has one.</summary>
    /// <param name="kernels">The stored values of each kernel.</param>
    /// <param name="isTraversal">True for kernels that visit the rows of a space.</param>
    /// <param name="isStored">True for values that a kernel reads from memory.</param>
    public static IReadOnlyList<Guest> Run(IReadOnlyList<IReadOnlyList<Node>> kernels, Func<IReadOnlyList<Node>, bool> isTraversal, Func<Node, bool> isStored)
    {
        SharedGathers search = new(kernels, isStored);
        List<Guest> guests = [];
        foreach (IReadOnlyList<Node> kernel in kernels.Where(k => k.Count == 1 && k[0].Row.HeadSize == 1))
        {
            (Node Value, IndexMap? Where)[] values = kernel[0].Op is Op.Union union ? [(kernel[0].Operands[0], union.First), (kernel[0].Operands[1], union.Second)]
                : isTraversal(kernel) ? [(kernel[0], null)] : [];
            foreach ((Node value, IndexMap? where) in values)
            {
                if ((where is not null && isStored(value)) || search.HostOf(kernel, value, isTraversal) is not (IReadOnlyList<Node> host, IndexMap items))
                    continue;
                guests.Add(new Guest(kernel[0], value, where, items, host));
                search._before[host].UnionWith(value.Operands.SelectMany(search.Needs));
                search._before[kernel].Add(host);
            }
        }
        return guests;
    }

    private (IReadOnlyList<Node> Host, IndexMap Items)? HostOf(IReadOnlyList<Node> kernel, Node value, Func<IReadOnlyList<Node>, bool> isTraversal)
    {
        if (GathersOf(value) is not { Count: > 0 } gathers)
            return null;
        IReadOnlyList<Node>[] needs = [.. value.Operands.SelectMany(Needs)];
        foreach (IReadOnlyList<Node> host in _kernels.Where(k => k != kernel && k.Any(n => n.Row.HeadSize >= SmallestRow) && isTraversal(k)))
        {
            Node? sum = host.SelectMany(OfRow).FirstOrDefault(n => n.Op is Op.Reduce { Kind: ReduceKind.Sum } r && r.Map.From == value.Space
                && !_isStored(n.Operands[0]) && GathersOf(n.Operands[0])?.Overlaps(gathers) == true);
            // Readers of the numbers wait for the whole loop, which must not start later than they did.
            if (sum is not null && LevelAfter(needs) == LevelAfter(_before[host]) && !Before(needs).Contains(host) && !Before([host]).Contains(kernel))
                return (host, ((Op.Reduce)sum.Op).Map);
        }
        return null;
    }

    /// <summary>The long rows elsewhere that a value is made from, element by element; null when it takes more than that.</summary>
    private HashSet<(Node, IndexMap)>? GathersOf(Node value)
    {
        HashSet<(Node, IndexMap)> found = [];
        bool IsElementwise(Node node, bool isHere)
        {
            if (node.Op is Op.Gather gather)
            {
                if (isHere && _isStored(node.Operands[0]) && node.Row.Size >= SmallestRow && !gather.Map.To.IsSmall)
                    found.Add((node.Operands[0], gather.Map));
                return _isStored(node.Operands[0]) || IsElementwise(node.Operands[0], isHere: false);
            }
            return node.Op is Op.Unary or Op.Binary or Op.ReduceColumns or Op.Expand or Op.Constant && node.Operands.All(o => _isStored(o) || IsElementwise(o, isHere));
        }

        return IsElementwise(value, isHere: true) ? found : null;
    }

    /// <summary>What the kernel of a value computes at the value's own row.</summary>
    private IEnumerable<Node> OfRow(Node node) => node.Op is Op.Unary or Op.Binary or Op.Dropout or Op.Expand
        ? node.Operands.Where(o => o.Space == node.Space && !_isStored(o)).SelectMany(OfRow).Prepend(node) : [node];

    /// <summary>The kernels that make a value, or what it is made from.</summary>
    private HashSet<IReadOnlyList<Node>> Needs(Node node)
    {
        if (!_needs.TryGetValue(node, out HashSet<IReadOnlyList<Node>>? needs))
            _needs[node] = needs = _kernelOf.TryGetValue(node, out IReadOnlyList<Node>? kernel) ? [kernel] : [.. node.Operands.SelectMany(Needs)];
        return needs;
    }

    /// <summary>Kernels and all that they wait for.</summary>
    private HashSet<IReadOnlyList<Node>> Before(IEnumerable<IReadOnlyList<Node>> kernels)
    {
        HashSet<IReadOnlyList<Node>> seen = [];
        Stack<IReadOnlyList<Node>> pending = new(kernels);
        while (pending.TryPop(out IReadOnlyList<Node>? kernel))
        {
            if (seen.Add(kernel))
            {
                foreach (IReadOnlyList<Node> before in _before[kernel])
                    pending.Push(before);
            }
        }
        return seen;
    }

    /// <summary>How many launches come before what reads these kernels.</summary>
    private int LevelAfter(IEnumerable<IReadOnlyList<Node>> kernels)
    {
        Dictionary<IReadOnlyList<Node>, int> levels = [];
        int After(IReadOnlyList<Node> kernel) => levels.TryGetValue(kernel, out int level) ? level : levels[kernel] = 1 + _before[kernel].Select(After).DefaultIfEmpty(0).Max();
        return kernels.Select(After).DefaultIfEmpty(0).Max();
    }
}
