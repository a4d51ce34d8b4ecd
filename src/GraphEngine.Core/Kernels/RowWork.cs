using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>The cost of one row of a kernel, in arbitrary units: what balanced shares are made from.</summary>
/// <param name="Rows">The space of the rows.</param>
/// <param name="Order">The map whose items the rows are, in that order; null when rows come in their own order.</param>
/// <param name="RowCost">Work of a row itself.</param>
/// <param name="Along">A map into <paramref name="Rows"/> whose items each row visits; null when there is no inner loop.</param>
/// <param name="Then">A map into the source space of <paramref name="Along"/> whose items each item visits; null when loops are one deep.</param>
/// <param name="ItemCost">Work of an item.</param>
public sealed record RowWork(Space Rows, IndexMap? Order, int RowCost, IndexMap? Along, IndexMap? Then, int ItemCost);
