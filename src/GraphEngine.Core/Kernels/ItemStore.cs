namespace GraphEngine.Kernels;

/// <summary>The end of an item that a loop inside of a row visits: where a value of the item goes.</summary>
/// <param name="Items">The loop over the items of a row.</param>
/// <param name="Store">What is stored for each item, and where; positions are those of the loop.</param>
public sealed record ItemStore(LoopVariable Items, Store Store)
{
    /// <summary>The row of the target that an item is stored to.</summary>
    public RowIndex Row => Store.Row(RowIndex.ItemOf(Items));
}
