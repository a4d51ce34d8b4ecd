using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Codegen.Emission;

/// <summary>A number that the topology decides: the rows of a space, or the entries of a table.</summary>
/// <param name="Space">The space; null for a table.</param>
/// <param name="Table">The table; null for a space.</param>
public sealed record RowCount(Space? Space, IndexTable? Table = null)
{
    /// <summary>The number on a graph.</summary>
    /// <param name="tables">The graph.</param>
    public int In(IndexTables tables) => Table is null ? tables.Topology.Count(Space!) : tables.LengthOf(Table);
}
