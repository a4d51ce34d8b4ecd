using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Codegen.Emission;

/// <summary>The recipes of balanced shares: equal recipes are equal tables, so that a kernel and the one that finishes its sums agree.</summary>
internal static class RowShares
{
    /// <summary>Shares of the rows of a kernel; the work of a row is its own cost and that of the items it visits.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="rows">The space of its rows.</param>
    /// <param name="order">The map whose items the rows are, or null.</param>
    /// <param name="rowCost">The cost of a row without its items.</param>
    /// <param name="workers">The number of shares.</param>
    public static IndexTable.Shares Of(Kernel kernel, Space rows, IndexMap? order, int rowCost, int workers)
    {
        Expression.Reduce? widest = kernel.Expressions.SelectMany(e => e.Descendants()).OfType<Expression.Reduce>()
            .Where(r => ReferenceEquals(r.Loop.Outer!.Loop, kernel.Row) && r.Loop.Map!.To == rows && (r.Loop.Outer.Table is null || r.Loop.Outer.Table is IndexTable.Items))
            .MaxBy(r => Nested(r) is null ? 0 : 1);
        int itemCost = widest is null ? 0 : 1 + (widest.Row.Size / 8);
        return new IndexTable.Shares(new RowWork(rows, order, rowCost, widest?.Loop.Map, widest is null ? null : Nested(widest)?.Loop.Map, itemCost), workers);
    }

    /// <summary>The shares whose partial sums an <see cref="Kernel.Outer"/> makes: two slots each.</summary>
    /// <param name="kernel">The kernel.</param>
    public static IndexTable.Shares Of(Kernel.Outer kernel) =>
        Of(kernel, kernel.Types.From, kernel.Types, 1 + (kernel.Target.Type.Row.Size / 256), kernel.Partials.FixedRows / 2);

    private static Expression.Reduce? Nested(Expression.Reduce reduce) => reduce.Body.Descendants().OfType<Expression.Reduce>()
        .FirstOrDefault(r => r.Loop.Outer == RowIndex.ItemOf(reduce.Loop));
}
