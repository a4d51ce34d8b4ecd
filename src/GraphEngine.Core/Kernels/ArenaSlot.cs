namespace GraphEngine.Kernels;

/// <summary>A tensor's place in the slab.</summary>
/// <param name="Buffer">The tensor.</param>
/// <param name="Offset">Its first byte.</param>
/// <param name="Bytes">Its size, rounded up to the alignment.</param>
/// <param name="First">The launch that writes it first.</param>
/// <param name="Last">The launch that uses it last; the number of launches for outputs.</param>
public sealed record ArenaSlot(TensorBuffer Buffer, long Offset, long Bytes, int First, int Last);
