namespace GraphEngine.Codegen.Emission;

/// <summary>The number of groups of a launch: ceil(count * itemsPerRow / itemsPerGroup), or a fixed number.</summary>
/// <param name="Count">What is counted; null for a fixed number.</param>
/// <param name="ItemsPerRow">Work items, or parts of one, for each counted row.</param>
/// <param name="ItemsPerGroup">How many of them one group does.</param>
/// <param name="Fixed">The fixed number.</param>
public sealed record GridSize(RowCount? Count, int ItemsPerRow, int ItemsPerGroup, int Fixed = 0)
{
    /// <summary>A fixed number of groups.</summary>
    /// <param name="groups">The number.</param>
    public static GridSize Of(int groups) => new(null, 0, 1, groups);

    /// <summary>The number of groups for a count; none when there is nothing to do, and then there is no launch.</summary>
    /// <param name="count">The rows counted.</param>
    public int Groups(int count) => Count is null ? Fixed : (int)((((long)count * ItemsPerRow) + ItemsPerGroup - 1) / ItemsPerGroup);
}
