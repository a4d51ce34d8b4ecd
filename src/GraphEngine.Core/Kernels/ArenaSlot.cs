namespace GraphEngine.Kernels;

/// <summary>A tensor's place in the slab.</summary>
/// <param name="Buffer">The tensor.</param>
/// <param name="Offset">Its first byte.</param>
/// <param name="Bytes">Its size, rounded up to the alignment.</param>
/// <param name="First">The launch that writes it first.</param>
/// <param name="Last">The launch that uses it last; the number of launches for outputs.</param>
/// <param name="Predecessor">The tensor whose place it takes, row by row, in a launch that touches both; null when there is none.</param>
public sealed record ArenaSlot(TensorBuffer Buffer, long Offset, long Bytes, int First, int Last, TensorBuffer? Predecessor = null);
