using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>The cost of one row of a kernel, in arbitrary units: what balanced shares are made from. Equal costs are equal tables.</summary>
/// <param name="Rows">The space of the rows.</param>
/// <param name="Order">The map whose items the rows are, in that order; null when rows come in their own order.</param>
/// <param name="RowCost">Work of a row itself.</param>
/// <param name="Along">A map into <paramref name="Rows"/> whose items each row visits; null when there is no inner loop.</param>
/// <param name="Then">A map into the source space of <paramref name="Along"/> whose items each item visits; null when loops are one deep.</param>
/// <param name="ItemCost">Work of an item.</param>
public sealed record RowWork(Space Rows, IndexMap? Order, int RowCost, IndexMap? Along, IndexMap? Then, int ItemCost)
{
    // Floats that a step of a loop over columns handles, and multiply-adds that take as long as such a step.
    private const int StepFloats = 8;
    private const int StepProducts = 256;

    /// <summary>The cost of the rows of a kernel: their own, and that of the items of their widest loop.</summary>
    /// <param name="kernel">A kernel that is dealt out by rows.</param>
    /// <exception cref="ArgumentException">The kernel adds partial sums, whose number does not depend on the graph.</exception>
    public static RowWork Of(Kernel kernel) => kernel switch
    {
        Kernel.Traversal t => Of(t, t.Space, null, 1 + (t.Stores.Sum(s => s.Value.Row.Size) / StepFloats)),
        Kernel.Segments s => new RowWork(s.Space, null, 4, s.Items.Map, null, 2),
        Kernel.Gemm g => Of(g, g.Types.From, g.Types, 1 + (g.A.Row.HeadSize * g.Product.Row.Size / StepProducts)),
        Kernel.Outer o => Of(o, o.Types.From, o.Types, 1 + (o.Target.Type.Row.Size / StepProducts)),
        _ => throw new ArgumentException($"The kernel {kernel.Name} has no rows to deal out.", nameof(kernel)),
    };

    /// <summary>The cost of rows that several kernels visit one after the other: costs of rows add up, items are those of the kernel with the most work per item.</summary>
    /// <param name="other">The cost of the same rows in another kernel.</param>
    public RowWork With(RowWork other)
    {
        RowWork loop = other.Along is not null && (Along is null || other.ItemCost > ItemCost) ? other : this;
        return loop with { RowCost = RowCost + other.RowCost };
    }

    private static RowWork Of(Kernel kernel, Space rows, IndexMap? order, int rowCost)
    {
        Expression.Reduce? widest = kernel.Expressions.SelectMany(e => e.Descendants()).OfType<Expression.Reduce>()
            .Where(r => ReferenceEquals(r.Loop.Outer!.Loop, kernel.Row) && r.Loop.Map!.To == rows && r.Loop.Outer.Table is null or IndexTable.Items)
            .MaxBy(r => Nested(r) is null ? 0 : 1);
        int itemCost = widest is null ? 0 : 1 + (widest.Row.Size / StepFloats);
        return new RowWork(rows, order is { IsSorted: true } ? null : order, rowCost, widest?.Loop.Map, widest is null ? null : Nested(widest)?.Loop.Map, itemCost);
    }

    private static Expression.Reduce? Nested(Expression.Reduce reduce) => reduce.Body.Descendants().OfType<Expression.Reduce>()
        .FirstOrDefault(r => r.Loop.Outer == RowIndex.ItemOf(reduce.Loop));
}
