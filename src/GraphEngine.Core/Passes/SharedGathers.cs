using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Finds numbers of items that are made from a long row which a sum over the same items gathers as well, such as gradients of attention weights, made
/// from the gradients of nodes that messages have to be summed up from. The loop of the sum then makes and stores the numbers too: the row is
/// gathered once, and what each number is multiplied by is read once for all items of its group. Legal where neither waits for the other.
/// </summary>
internal sealed class SharedGathers
{
    // Shorter rows cost less to gather again than to store numbers here and there.
    private const int SmallestRow = 16;

    private readonly Func<Node, bool> _isStored;
    private readonly Dictionary<Node, IReadOnlyList<Node>> _kernelOf = [];
    private readonly Dictionary<IReadOnlyList<Node>, HashSet<IReadOnlyList<Node>>> _before = [];
    private readonly Dictionary<IReadOnlyList<Node>, IReadOnlyList<Node>> _hosts = [];
    private readonly Dictionary<Node, HashSet<IReadOnlyList<Node>>> _needs = [];
    private readonly List<Sum> _sums = [];

    private SharedGathers(IReadOnlyList<IReadOnlyList<Node>> kernels, Func<IReadOnlyList<Node>, bool> isTraversal, Func<Node, bool> isStored)
    {
        _isStored = isStored;
        foreach (IReadOnlyList<Node> kernel in kernels)
        {
            foreach (Node node in kernel)
                _kernelOf[node] = kernel;
        }
        foreach (IReadOnlyList<Node> kernel in kernels)
            _before[kernel] = [.. kernel.SelectMany(n => n.Operands).SelectMany(Needs).Where(k => k != kernel)];
        foreach (IReadOnlyList<Node> kernel in kernels.Where(k => k.Any(n => n.Row.Size >= SmallestRow) && isTraversal(k)))
        {
            foreach (Node sum in SumsOf(kernel))
            {
                if (GathersOf(sum.Operands[0]) is { Count: > 0 } gathers)
                    _sums.Add(new Sum(kernel, ((Op.Reduce)sum.Op).Map, gathers));
            }
        }
    }

    /// <summary>Numbers of items that another kernel's loop makes.</summary>
    /// <param name="Stored">The stored value that they are rows of.</param>
    /// <param name="Value">The numbers: the stored value itself, or an operand of a union.</param>
    /// <param name="Where">The map from the numbers to rows of the union; null without one.</param>
    /// <param name="Items">The map whose items the loop visits.</param>
    /// <param name="Host">The stored values of the kernel with the loop.</param>
    public sealed record Guest(Node Stored, Node Value, IndexMap? Where, IndexMap Items, IReadOnlyList<Node> Host);

    private sealed record Sum(IReadOnlyList<Node> Kernel, IndexMap Items, HashSet<(Node, IndexMap)> Gathers);

    /// <summary>Finds a loop for each value that has one.</summary>
    /// <param name="kernels">The stored values of each kernel.</param>
    /// <param name="isTraversal">True for kernels that visit the rows of a space.</param>
    /// <param name="isStored">True for values that a kernel reads from memory.</param>
    public static IReadOnlyList<Guest> Run(IReadOnlyList<IReadOnlyList<Node>> kernels, Func<IReadOnlyList<Node>, bool> isTraversal, Func<Node, bool> isStored)
    {
        SharedGathers search = new(kernels, isTraversal, isStored);
        List<Guest> guests = [];
        foreach (IReadOnlyList<Node> kernel in search._sums.Count == 0 ? [] : kernels.Where(k => k.Count == 1 && k[0].Row.HeadSize == 1))
        {
            (Node Value, IndexMap? Where)[] values = kernel[0].Op is Op.Union union ? [(kernel[0].Operands[0], union.First), (kernel[0].Operands[1], union.Second)]
                : isTraversal(kernel) ? [(kernel[0], null)] : [];
            foreach ((Node value, IndexMap? where) in values)
            {
                if ((where is not null && isStored(value)) || search.HostOf(kernel, value) is not Sum sum)
                    continue;
                guests.Add(new Guest(kernel[0], value, where, sum.Items, sum.Kernel));
                search._before[sum.Kernel].UnionWith(value.Operands.SelectMany(search.Needs));
                search._before[kernel].Add(sum.Kernel);
                if (where is null)
                    search._hosts[kernel] = sum.Kernel;
            }
        }
        return guests;
    }

    private Sum? HostOf(IReadOnlyList<Node> kernel, Node value)
    {
        if (GathersOf(value) is not { Count: > 0 } gathers)
            return null;
        IReadOnlyList<Node>[] needs = [.. value.Operands.SelectMany(Needs)];
        // Readers of the numbers wait for the whole loop, which must not start later than they did.
        return _sums.FirstOrDefault(s => s.Kernel != kernel && s.Items.From == value.Space && s.Gathers.Overlaps(gathers)
            && LevelAfter(needs) == LevelAfter(_before[s.Kernel]) && !Before(needs).Contains(s.Kernel) && !Before([s.Kernel]).Contains(kernel));
    }

    /// <summary>The long rows elsewhere that a value is made from, element by element; null when it takes more than that.</summary>
    private HashSet<(Node, IndexMap)>? GathersOf(Node value)
    {
        HashSet<(Node, IndexMap)> found = [];
        HashSet<(Node, bool)> seen = [];
        bool IsElementwise(Node node, bool isHere)
        {
            if (!seen.Add((node, isHere)))
                return true;
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

    /// <summary>The sums over items that a kernel makes at its own rows.</summary>
    private HashSet<Node> SumsOf(IReadOnlyList<Node> kernel)
    {
        HashSet<Node> seen = [];
        Stack<Node> pending = new(kernel);
        while (pending.TryPop(out Node? node))
        {
            if (seen.Add(node) && node.Op is Op.Unary or Op.Binary or Op.Dropout or Op.Expand)
            {
                foreach (Node operand in node.Operands.Where(o => o.Space == node.Space && !_isStored(o)))
                    pending.Push(operand);
            }
        }
        seen.RemoveWhere(n => n.Op is not Op.Reduce { Kind: ReduceKind.Sum } || _isStored(n.Operands[0]));
        return seen;
    }

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
        int After(IReadOnlyList<Node> kernel)
        {
            // Numbers that a loop makes are there when the loop is done.
            if (!levels.TryGetValue(kernel, out int level))
                levels[kernel] = level = _hosts.TryGetValue(kernel, out IReadOnlyList<Node>? host) ? After(host) : 1 + _before[kernel].Select(After).DefaultIfEmpty(0).Max();
            return level;
        }

        return kernels.Select(After).DefaultIfEmpty(0).Max();
    }
}
