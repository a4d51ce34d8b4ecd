using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>
/// The cost of one row of a kernel, in units of some two nanoseconds: what balanced shares are made from. Equal costs are equal tables.
/// </summary>
/// <param name="Rows">The space of the rows.</param>
/// <param name="Order">The map whose items the rows are, in that order; null when rows come in their own order.</param>
/// <param name="RowCost">Work of a row itself.</param>
/// <param name="Items">The work of its loops over items.</param>
public sealed record RowWork(Space Rows, IndexMap? Order, int RowCost, params IReadOnlyList<ItemWork> Items)
{
    // Floats that are read or put through a function, and multiply-adds of a product, in one unit.
    private const int UnitFloats = 8;
    private const int UnitProducts = 256;

    // Shorter rows are not waited for: several lie in a cache line.
    private const int SmallestFetch = 16;

    /// <summary>The cost of the rows of a kernel: what they read, compute and store, and the same for each of the items they visit.</summary>
    /// <param name="kernel">A kernel that is dealt out by rows.</param>
    /// <exception cref="ArgumentException">The kernel adds partial sums, whose number does not depend on the graph.</exception>
    public static RowWork Of(Kernel kernel) => kernel switch
    {
        Kernel.Traversal t => new Counter(t, t.Space).Count(t.Stores.Sum(s => s.Value.Row.Size) / UnitFloats, null),
        Kernel.Segments s => new RowWork(s.Space, null, 4, new ItemWork(s.Items.Map!, null, 2)),
        Kernel.Gemm g => new Counter(g, g.Types.From).Count(((g.SumsHeads ? g.A.Row.Size : g.A.Row.HeadSize) * g.Product.Row.Size / UnitProducts) + (g.Store.Value.Row.Size / UnitFloats), g.Types),
        Kernel.Outer o => new Counter(o, o.Types.From).Count(o.Target.Type.Row.Size / (o.Order is null ? UnitProducts : UnitFloats), o.Order ?? o.Types),
        _ => throw new ArgumentException($"The kernel {kernel.Name} has no rows to deal out.", nameof(kernel)),
    };

    /// <summary>True when a topology has all spaces and maps that decide about the work.</summary>
    /// <param name="topology">The topology.</param>
    public bool FollowsFrom(Topology topology) => topology.Has(Rows) && (Order is null || topology.Has(Order))
        && Items.All(i => topology.Has(i.Along) && (i.Then is null || topology.Has(i.Then)) && (i.From is null || topology.Has(i.From)));

    /// <summary>The cost of rows that several kernels visit one after the other.</summary>
    /// <param name="other">The cost of the same rows in another kernel.</param>
    public RowWork With(RowWork other) => this with
    {
        RowCost = RowCost + other.RowCost,
        Items = [.. Items.Concat(other.Items).GroupBy(i => (i.Along, i.Then, i.From, i.RowFloats), (loop, items) => new ItemWork(loop.Along, loop.Then, items.Sum(i => i.Cost), loop.From, items.Sum(i => i.Fetch), loop.RowFloats))],
    };

    /// <inheritdoc/>
    public bool Equals(RowWork? other) => other is not null && Rows == other.Rows && Order == other.Order && RowCost == other.RowCost && Items.SequenceEqual(other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => Items.Aggregate(HashCode.Combine(Rows, Order, RowCost), HashCode.Combine);

    private sealed class Counter(Kernel kernel, Space rows)
    {
        private readonly HashSet<Expression> _seen = new(ReferenceEqualityComparer.Instance);
        private readonly HashSet<(TensorBuffer, RowIndex)> _loads = [];
        private readonly List<ItemWork> _items = [];

        public RowWork Count(int own, IndexMap? order)
        {
            IReadOnlyList<ItemStore> stores = kernel is Kernel.Traversal t ? t.ItemStores : [];
            int cost = 1 + own + kernel.Expressions.Where(e => !stores.Any(s => ReferenceEquals(s.Store.Value, e))).Sum(Cost);
            _items.AddRange(stores.Select(s => new ItemWork(s.Items.Map!, null, 1 + Cost(s.Store.Value))));
            return new RowWork(rows, order is { IsSorted: true } ? null : order, cost, _items);
        }

        private int Cost(Expression e)
        {
            if (!_seen.Add(e))
                return 0;
            if (e is Expression.Reduce reduce && IsOfRow(reduce.Loop))
            {
                Expression.Reduce? nested = reduce.Body.Descendants().OfType<Expression.Reduce>().FirstOrDefault(r => r.Loop.Outer == RowIndex.ItemOf(reduce.Loop));
                Expression.Load? fetched = reduce.Body.Descendants().OfType<Expression.Load>().FirstOrDefault(IsFetched);
                int floats = fetched?.Row.Size ?? 0;
                _items.Add(new ItemWork(reduce.Loop.Map!, nested?.Loop.Map, 1 + Cost(reduce.Body), fetched?.Buffer.Type.Space, floats / UnitFloats * 3 / 4, floats));
                return 0;
            }
            return e.Children.Sum(Cost) + e switch
            {
                Expression.Load l => _loads.Add((l.Buffer, l.Index)) ? Math.Max(1, l.Row.Size / UnitFloats) : 0,
                Expression.Unary { Kind: not (UnaryKind.Neg or UnaryKind.Relu or UnaryKind.Step or UnaryKind.LeakyRelu) } => e.Row.Size / UnitFloats,
                Expression.Dropout => e.Row.Size / UnitFloats,
                Expression.ReduceColumns r => r.X.Row.Size / UnitFloats,
                _ => 0,
            };
        }

        private bool IsFetched(Expression.Load load) => load.Index is { Loop: LoopVariable loop, Table: not null } && !ReferenceEquals(loop, kernel.Row)
            && load.Row.Size >= SmallestFetch && !load.Buffer.Type.Space.IsSmall;

        private bool IsOfRow(LoopVariable loop) => ReferenceEquals(loop.Outer!.Loop, kernel.Row) && loop.Map!.To == rows && loop.Outer.Table is null or IndexTable.Items;
    }
}
