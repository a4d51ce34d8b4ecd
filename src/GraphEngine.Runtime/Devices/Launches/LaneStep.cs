using GraphEngine.Codegen;

namespace GraphEngine.Runtime;

/// <summary>One kernel of a <see cref="LaneSequence"/>.</summary>
/// <param name="Body">The work of a lane on some rows: what a <see cref="LaneBinder"/> returns.</param>
/// <param name="Bounds">The first row of each lane, and the number of rows; null for a kernel that deals out its work itself.</param>
public readonly record struct LaneStep(LaneBody Body, int[]? Bounds = null)
{
    /// <summary>The rows of a lane, from the first up to the last one.</summary>
    /// <param name="lane">The lane.</param>
    public (int First, int Last) RowsOf(int lane) => Bounds is null ? (0, 0) : (Bounds[lane], Bounds[lane + 1]);
}
