using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission;

/// <summary>A kernel as text, with what has to be bound to its arguments and how it is launched.</summary>
/// <param name="Kernel">The model it was printed from.</param>
/// <param name="Source">The text.</param>
/// <param name="Tensors">The float views, in order.</param>
/// <param name="Tables">The index views, in order.</param>
/// <param name="Counts">The scalars, in order.</param>
/// <param name="Grid">The number of groups.</param>
/// <param name="GroupSize">Work items of a group.</param>
public sealed record EmittedKernel(
    Kernel Kernel, KernelSource Source, IReadOnlyList<TensorBuffer> Tensors, IReadOnlyList<IndexTable> Tables,
    IReadOnlyList<RowCount> Counts, GridSize Grid, int GroupSize)
{
    /// <summary>Classes that the text calls; kernels that need the same one name it alike.</summary>
    public IReadOnlyList<KernelSource> Parts { get; init; } = [];

    /// <summary>The rows of each lane of a SIMD kernel; null for kernels that deal out their work in other ways.</summary>
    public IndexTable.Shares? Shares { get; init; }
}
