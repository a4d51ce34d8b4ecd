namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>A kernel's members and how they are launched.</summary>
/// <param name="Summary">One line on what it computes.</param>
/// <param name="Members">Entry and functions.</param>
/// <param name="Grid">The number of groups.</param>
/// <param name="GroupSize">Work items of a group.</param>
internal sealed record SimtText(string Summary, CodeWriter Members, GridSize Grid, int GroupSize);
