namespace GraphEngine.Kernels;

/// <summary>
/// Consecutive kernels of one launch that visit the same rows together: each worker takes a block of its rows through all of them before it takes the
/// next block, so that what one kernel leaves for the next is still in the cache.
/// </summary>
/// <param name="First">The position of the first kernel.</param>
/// <param name="Count">How many kernels there are.</param>
/// <param name="BlockRows">The rows of a block.</param>
public sealed record FusedLoop(int First, int Count, int BlockRows)
{
    /// <summary>The position after the last kernel.</summary>
    public int End => First + Count;
}
