using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>A row as a function of a loop: the loop's position, or one table read at that position, or row 0.</summary>
/// <param name="Loop">The loop; null for the single row of <see cref="Space.One"/>.</param>
/// <param name="Table">The table; null for the position itself.</param>
public sealed record RowIndex(LoopVariable? Loop, IndexTable? Table)
{
    /// <summary>The only row of <see cref="Space.One"/>.</summary>
    public static RowIndex Zero { get; } = new(null, null);

    /// <summary>The row visited by a loop over the items of a map.</summary>
    /// <param name="loop">The loop.</param>
    public static RowIndex ItemOf(LoopVariable loop) => new(loop, loop.Map is null || loop.Map.IsSorted ? null : new IndexTable.Items(loop.Map));

    /// <summary>The row that a map sends this row to. Inside a loop over the items of that map it is the row the loop belongs to.</summary>
    /// <param name="map">A map from the space of this row.</param>
    public RowIndex Through(IndexMap map)
    {
        if (map.To == Space.One)
            return Zero;
        if (map.IsIdentity)
            return this;
        if (Loop?.Map is IndexMap visited && this == ItemOf(Loop))
        {
            if (map == visited)
                return Loop.Outer!;
            foreach ((IndexMap first, IndexMap second) in map.Factorizations)
            {
                if (first == visited)
                    return Loop.Outer!.Through(second);
            }
        }
        // An index through two maps is read from one table anyway; the name of their composition may show that it needs no table at all.
        if (Table is IndexTable.Map last && MapAlgebra.Compose(last.Of, map) is IndexMap direct)
            return (this with { Table = null }).Through(direct);
        if (Table is IndexTable.Compose { Outer: IndexTable.Map outer } chain && MapAlgebra.Compose(outer.Of, map) is IndexMap shorter)
            return (this with { Table = chain.Inner }).Through(shorter);
        IndexTable indices = new IndexTable.Map(map);
        return new RowIndex(Loop, Table is null ? indices : new IndexTable.Compose(indices, Table));
    }
}
