namespace GraphEngine.Kernels;

/// <summary>The end of a row: where its value goes.</summary>
/// <param name="Target">The tensor written.</param>
/// <param name="Value">The value.</param>
public sealed record Store(TensorBuffer Target, Expression Value);
