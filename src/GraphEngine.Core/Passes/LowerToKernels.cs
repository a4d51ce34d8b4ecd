using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Turns an inter-op program into kernels: one per stored value, with everything else fused in. A typed linear becomes a GEMM that also computes its
/// left operand (prologue) and the values that only depend on its product (epilogue). Sums into few rows become outer products with a column of ones.
/// </summary>
public sealed class LowerToKernels
{
    private readonly Program _program;
    private readonly Materialize _kept;
    private readonly PipelineOptions _options;
    private readonly bool _atomic;
    private readonly Dictionary<Node, TensorBuffer> _buffers = [];
    private readonly IReadOnlyDictionary<Node, Node> _epilogueOf;
    private readonly HashSet<Node> _inEpilogues;
    private readonly List<Kernel> _kernels = [];
    private readonly RowEstimate? _rows;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private IReadOnlyList<SegmentClusters.Segment> _segments = [];
    private IReadOnlyList<SharedGathers.Guest> _guests = [];

    private LowerToKernels(Program program, PipelineOptions options)
    {
        _rows = options.Statistics is null ? null : new RowEstimate(options.Statistics);
        _program = program;
        _options = options;
        _atomic = !options.IsOn("ordered-sums");
        _kept = Materialize.Run(program, options);
        _epilogueOf = Epilogues.Run(program, _kept, options.SharesColumns);
        _inEpilogues = [.. _epilogueOf.Values];
    }

    /// <summary>Lowers a program.</summary>
    /// <param name="program">The program, without softmax, gradient and detach ops.</param>
    /// <param name="options">Into how many shares sums over all rows are dealt, lanes of a CPU or groups of a GPU, and which of the forms of kernels
    /// named in <see cref="Pipeline.Optional"/> may be used.</param>
    /// <param name="sides">Where the products of relations are made; null when all are on the same side.</param>
    public static KernelProgram Run(Program program, PipelineOptions options, SideChoice? sides = null) => new LowerToKernels(program, options).Lower() with { Sides = sides };

    private KernelProgram Lower()
    {
        Dictionary<Op.Leaf, TensorBuffer> leaves = [];
        foreach (Node node in _program.Nodes.Where(n => n.Op is Op.Leaf))
        {
            Op.Leaf leaf = (Op.Leaf)node.Op;
            _buffers[node] = leaves[leaf] = new TensorBuffer(leaf.Name, leaf.Type, isPersistent: true);
        }
        Node[] traversals = [.. _program.Nodes.Where(n => IsComputed(n) && IsTraversal(n))];
        _segments = SegmentClusters.Run([.. _program.Nodes.Where(IsComputed)], IsTraversal);
        IReadOnlyList<IReadOnlyList<Node>> clusters = Stored(RootClusters.Run(_program.Nodes.Where(IsComputed), IsTraversal, _segments, _kept.OnlineMaxima, _options.IsOn("mixed-rows")));
        foreach (Node node in clusters.SelectMany(c => c))
            _buffers[node] = new TensorBuffer(UniqueName("t", node), node.Type, isPersistent: false);
        foreach (Node sum in _program.Nodes.Where(_kept.IsSumOfSides))
            _buffers[sum] = _buffers[sum.Operands[1]] = _buffers[sum.Operands[0]];
        HashSet<Node> rowByRow = [.. traversals.Except(_segments.SelectMany(s => s.Members))];
        if (_options.IsOn("shared-gathers"))
            _guests = SharedGathers.Run(clusters, c => rowByRow.Contains(c[0]), n => _buffers.ContainsKey(Alias(n)));
        foreach (IReadOnlyList<Node> cluster in clusters)
            Emit(cluster);
        Dictionary<Node, TensorBuffer> before = KeepOldValues();
        Dictionary<string, TensorBuffer> outputs = _program.Outputs.ToDictionary(o => o.Name, o => before.GetValueOrDefault(Alias(o.Value), _buffers[Alias(o.Value)]));
        IReadOnlyList<Kernel> kernels = InPlaceUpdates.Run(_kernels, [.. _program.Updates.Select(u => Copy(u, before))], outputs.Values.ToHashSet());
        (kernels, IReadOnlyList<int> launches) = KernelSchedule.Launches(kernels, (_, _) => false);
        return new KernelProgram(kernels, outputs, leaves) { Launches = launches };
    }

    /// <summary>The clusters without values that nothing but their own traversal reads: they stay in registers.</summary>
    private IReadOnlyList<IReadOnlyList<Node>> Stored(IReadOnlyList<IReadOnlyList<Node>> clusters)
    {
        ILookup<Node, Node> readers = _program.Nodes.Where(_kept.IsRoot).SelectMany(reader => InKernelOf(reader).Select(read => (read, reader))).ToLookup(r => r.read, r => r.reader);
        HashSet<Node> results = [.. _program.Roots, .. _segments.SelectMany(s => s.Members)];
        return [.. clusters.Select(c => IsTraversal(c[0]) ? c.Where(n => results.Contains(n) || !readers[n].All(c.Contains)).ToArray() : c)];
    }

    private bool IsComputed(Node node) => _kept.IsRoot(node) && node.Op is not Op.Reshape && !_epilogueOf.ContainsKey(node) && !_kept.IsSumOfSides(node);

    private bool IsTraversal(Node node) => !_inEpilogues.Contains(node) && !_kept.IsProduct(node) && node.Op is not (Op.Outer or Op.Union) && !Materialize.IsWeightSum(node) && !IsAtomic(node);

    /// <summary>What the kernel of a stored value computes or reads.</summary>
    private HashSet<Node> InKernelOf(Node root)
    {
        HashSet<Node> seen = [];
        Stack<Node> pending = new(root.Operands);
        while (pending.TryPop(out Node? node))
        {
            if (!seen.Add(node) || _kept.IsRoot(node))
                continue;
            foreach (Node operand in node.Operands)
                pending.Push(operand);
        }
        return seen;
    }

    private bool IsAtomic(Node node) => _atomic && Materialize.IsEdgeSum(node);

    /// <summary>The node whose memory a reshaped value shares.</summary>
    internal static Node Alias(Node node) => node.Op is Op.Reshape ? Alias(node.Operands[0]) : node;

    private void Emit(IReadOnlyList<Node> cluster)
    {
        if (_segments.FirstOrDefault(s => s.Members.Contains(cluster[0])) is { } segment)
        {
            EmitSegments(segment);
            return;
        }
        ExpressionBuilder builder = Builder(cluster);
        Node node = cluster[^1];
        Node? product = _kept.IsProduct(node) ? node : _epilogueOf.FirstOrDefault(p => ReferenceEquals(p.Value, node)).Key;
        if (product is not null)
        {
            EmitGemm(node, product, builder);
        }
        else if (node.Op is Op.Outer outer)
        {
            EmitOuter(node, outer.Map, m => builder.Build(node.Operands[0], m), m => builder.Build(node.Operands[1], m));
        }
        else if (Materialize.IsWeightSum(node))
        {
            EmitSum(node, ((Op.Reduce)node.Op).Map, builder);
        }
        else if (IsAtomic(node))
        {
            EmitAdditions(node, ((Op.Reduce)node.Op).Map, builder);
        }
        else if (node.Op is Op.Union union)
        {
            EmitPart(node, node.Operands[0], union.First, builder);
            EmitPart(node, node.Operands[1], union.Second, builder);
        }
        else if (!_guests.Any(g => g.Stored == node))
        {
            LoopVariable row = new("i");
            Store[] stores = [.. cluster.Select(n => new Store(_buffers[n], builder.Build(n, new RowIndex(row, null))))];
            // A product that visits the same rows in their own order shares what it reads with them.
            if (_options.IsOn("gather-order") && !HasProducts(node.Space) && GatherOrder.Of(row, stores) is IndexMap map)
            {
                (IndexTable order, builder) = (new IndexTable.Items(map), Builder(cluster));
                stores = [.. cluster.Select(n => new Store(_buffers[n], builder.Build(n, new RowIndex(row, order)), order))];
            }
            _kernels.Add(new Kernel.Traversal(UniqueName("rows", node), row, node.Space, stores, RootClusters.IsFlat(row, stores))
            {
                ItemStores = [.. _guests.Where(g => g.Host == cluster).Select(g => ItemStoreOf(g, stores, builder))],
            });
        }
    }

    private ExpressionBuilder Builder(IReadOnlyList<Node> cluster)
    {
        HashSet<Node> computed = [.. cluster, .. _guests.Where(g => g.Host == cluster).Select(g => g.Value)];
        return new(n => computed.Contains(n) || _epilogueOf.ContainsKey(n) ? null : _buffers.GetValueOrDefault(n));
    }

    /// <summary>Numbers of items, made in the loop over the items that one of the stores has already.</summary>
    private ItemStore ItemStoreOf(SharedGathers.Guest guest, IReadOnlyList<Store> stores, ExpressionBuilder builder)
    {
        LoopVariable items = stores.SelectMany(s => s.Value.Descendants()).OfType<Expression.Reduce>().Select(r => r.Loop).First(l => l.Map == guest.Items);
        RowIndex item = RowIndex.ItemOf(items), target = guest.Where is null ? item : item.Through(guest.Where);
        return new ItemStore(items, new Store(_buffers[guest.Stored], builder.Build(guest.Value, item), target.Table));
    }

    private bool HasProducts(Space rows) => _program.Nodes.Any(n => n.Op is Op.Linear ? n.Space == rows : n.Op is Op.Outer outer && outer.Map.From == rows);

    /// <summary>True for one of two sums, over the groups of each side, that are made in one place.</summary>
    private bool IsSumOfSide(Node sum) => _kept.Users(sum) is [Node user] && _kept.IsSumOfSides(user);

    private void EmitSegments(SegmentClusters.Segment segment)
    {
        LoopVariable row = new("i"), items = new("p", segment.Items, new RowIndex(row, null));
        List<Store> statements = [];
        foreach (Node member in segment.Members)
        {
            // Members that come before are read where they were stored.
            ExpressionBuilder builder = new(n => n == member || _epilogueOf.ContainsKey(n) ? null : _buffers.GetValueOrDefault(n));
            bool perItem = member.Space == segment.Items.From;
            statements.Add(new Store(_buffers[member], builder.Build(member, perItem ? RowIndex.ItemOf(items) : new RowIndex(row, null))));
        }
        Node last = segment.Members[^1];
        _kernels.Add(new Kernel.Segments(UniqueName("segments", last), row, segment.Items.To, items, statements));
    }

    /// <summary>Some rows of a union: a loop over the part, storing where the map says.</summary>
    private void EmitPart(Node union, Node part, IndexMap map, ExpressionBuilder builder)
    {
        if (_guests.Any(g => g.Stored == union && g.Value == part))
            return;
        LoopVariable row = new("i");
        Store store = new(_buffers[union], builder.Build(part, new RowIndex(row, null)), new IndexTable.Map(map));
        _kernels.Add(new Kernel.Traversal(UniqueName("part", union), row, map.From, [store], IsFlat: false));
    }

    /// <summary>A sum that every item adds itself to.</summary>
    private void EmitAdditions(Node sum, IndexMap map, ExpressionBuilder builder)
    {
        LoopVariable row = new("i"), item = new("i");
        Store zero = new(_buffers[sum], new Expression.Expand(new Expression.Constant(0), sum.Row));
        _kernels.Add(new Kernel.Traversal(UniqueName("zero", sum), row, map.To, [zero], IsFlat: true));
        Store store = new(_buffers[sum], builder.Build(sum.Operands[0], new RowIndex(item, null)), new IndexTable.Map(map), Adds: true);
        _kernels.Add(new Kernel.Traversal(UniqueName("add", sum), item, map.From, [store], IsFlat: false));
    }

    private void EmitGemm(Node node, Node product, ExpressionBuilder builder)
    {
        Node linear = Materialize.LinearOf(product), weight = linear.Operands[1];
        Op.Linear op = (Op.Linear)linear.Op;
        (LoopVariable row, RowIndex index) = SortedRows(op.Types);
        Expression a = builder.Build(linear.Operands[0], index);
        Expression.Product made = new(product.Row);
        builder.Absorb(product, made);
        _kernels.Add(new Kernel.Gemm(
            UniqueName("gemm", node), row, index, op.Types, a, _buffers[Alias(weight)], weight.Row, op.Transposed, made, new Store(_buffers[node], builder.Build(node, index))));
    }

    /// <summary>A sum by type of rows that are not multiplied: an outer product with a column of ones, unless they do not lie type by type.</summary>
    private void EmitSum(Node sum, IndexMap map, ExpressionBuilder builder)
    {
        Node summand = sum.Operands[0];
        if (!_options.IsOn("gather-order") || map.IsSorted || IsSumOfSide(sum))
        {
            EmitOuter(sum, map, _ => new Expression.Constant(1), m => builder.Build(summand, m));
            return;
        }
        LoopVariable row = new("i");
        IndexMap order = GatherOrder.Of(row, builder.Build(summand, new RowIndex(row, null))) ?? IndexMap.Identity(map.From);
        TensorBuffer partials = new(UniqueName("partials", sum), new TensorType(Space.PartsOf(map.To, _options.Workers), sum.Row), isPersistent: false);
        Expression g = Builder([sum]).Build(summand, new RowIndex(row, order.IsIdentity ? null : new IndexTable.Items(order)));
        Kernel.Outer outer = new(UniqueName("outer", sum), row, map, new Expression.Constant(1), g, _buffers[sum], partials) { Order = order };
        _kernels.AddRange([outer, new Kernel.Combine(UniqueName("combine", sum), new LoopVariable("i"), outer)]);
    }

    private void EmitOuter(Node node, IndexMap map, Func<RowIndex, Expression> a, Func<RowIndex, Expression> g)
    {
        (LoopVariable row, RowIndex index) = SortedRows(map);
        (Expression left, Expression right) = (a(index), g(index));
        // Sums of one row each are never added up, and rows that are sums themselves may be any amount of work.
        int leastRows = map.IsIdentity || left.Descendants().Concat(right.Descendants()).Any(e => e is Expression.Reduce) ? 1 : _options.LeastRows;
        TensorBuffer partials = new(UniqueName("partials", node), node.Type, isPersistent: false, 2 * WorkersFor(map.From, leastRows));
        IndexMap? besides = IsSumOfSide(node) ? EdgeSet.OtherTypes(map) : null;
        Kernel.Outer outer = new(UniqueName("outer", node), row, map, left, right, _buffers[node], partials, besides) { LeastRows = leastRows };
        _kernels.Add(outer);
        // A sum of one row is never divided between two shares.
        if (!map.IsIdentity)
            _kernels.Add(new Kernel.Combine(UniqueName("combine", node), new LoopVariable("i"), outer));
    }

    /// <summary>How many workers share a sum over all rows of a space: no more than there are rows for, where that is known.</summary>
    private int WorkersFor(Space rows, int leastRows) => leastRows == 1 || _rows is null ? _options.Workers : (int)Math.Clamp(_rows.Of(rows) / leastRows, 1, _options.Workers);

    /// <summary>Rows in the order of their types: their own order where the map is sorted, a list of rows elsewhere.</summary>
    private static (LoopVariable Row, RowIndex Index) SortedRows(IndexMap types)
    {
        LoopVariable row = new("i");
        return (row, new RowIndex(row, types.IsSorted ? null : new IndexTable.Items(types)));
    }

    /// <summary>Copies of leaves that are updated, for outputs and other updates that are their values from before.</summary>
    private Dictionary<Node, TensorBuffer> KeepOldValues()
    {
        HashSet<Node> updated = [.. _program.Updates.Select(u => u.Target)];
        IEnumerable<Node> wanted = _program.Outputs.Select(o => o.Value).Concat(_program.Updates.Where(u => Alias(u.Value) != u.Target).Select(u => u.Value)).Select(Alias);
        Dictionary<Node, TensorBuffer> before = [];
        foreach (Node leaf in wanted.Where(updated.Contains).Distinct())
        {
            LoopVariable row = new("i");
            Store store = new(before[leaf] = new TensorBuffer(UniqueName("before", leaf), leaf.Type, isPersistent: false), new Expression.Load(_buffers[leaf], new RowIndex(row, null), leaf.Row));
            _kernels.Add(new Kernel.Traversal(UniqueName("keep", leaf), row, leaf.Space, [store], RootClusters.IsFlat(row, [store])));
        }
        return before;
    }

    /// <summary>The kernel that moves a new value to its leaf.</summary>
    private Kernel.Traversal Copy(Update update, Dictionary<Node, TensorBuffer> before)
    {
        LoopVariable row = new("i");
        ExpressionBuilder builder = new(n => Alias(n) == update.Target ? _buffers.GetValueOrDefault(n) : before.GetValueOrDefault(n) ?? _buffers.GetValueOrDefault(n));
        Store store = new(_buffers[update.Target], builder.Build(update.Value, new RowIndex(row, null)));
        return new Kernel.Traversal(UniqueName("update", update.Target), row, update.Target.Space, [store], RootClusters.IsFlat(row, [store]));
    }

    private string UniqueName(string prefix, Node node)
    {
        string basis = $"{prefix}_{node.Id}", name = basis;
        for (int i = 1; !_names.Add(name); i++)
            name = $"{basis}_{i}";
        return name;
    }
}
