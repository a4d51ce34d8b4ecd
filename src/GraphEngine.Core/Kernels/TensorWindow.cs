namespace GraphEngine.Kernels;

/// <summary>The part of a tensor that exists at a time: the rows of the block that each worker has in hand.</summary>
/// <param name="Rows">The rows of a block.</param>
/// <param name="Workers">How many blocks there are at a time.</param>
public sealed record TensorWindow(int Rows, int Workers);
