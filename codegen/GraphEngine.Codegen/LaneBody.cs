namespace GraphEngine.Codegen;

/// <summary>The work of one lane in a generated SIMD kernel, on some of its rows.</summary>
/// <param name="lane">The lane.</param>
/// <param name="lanes">How many lanes there are.</param>
/// <param name="first">The first row. Kernels that deal their work out in other ways than by rows pass over this and the next argument.</param>
/// <param name="last">The row after the last one.</param>
public delegate void LaneBody(int lane, int lanes, int first, int last);
