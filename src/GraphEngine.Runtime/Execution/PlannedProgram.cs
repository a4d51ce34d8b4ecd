using GraphEngine.Codegen.Emission;
using GraphEngine.Kernels;

namespace GraphEngine.Runtime;

/// <summary>A program on the graph that it will run on, before anything of it is on a device.</summary>
/// <param name="Kernels">Its kernels.</param>
/// <param name="Emitted">Their text.</param>
/// <param name="Tables">The graph, with all spaces and maps that the program uses.</param>
public sealed record PlannedProgram(KernelProgram Kernels, IReadOnlyList<EmittedKernel> Emitted, IndexTables Tables)
{
    /// <summary>The index tables that its kernels need; kernels without a row are not launched and need none.</summary>
    public IEnumerable<IndexTable> Needed => Emitted.Where(e => e.Grid.Groups(e.Grid.Count is RowCount count ? count.In(Tables) : 0) > 0).SelectMany(e => e.Tables).Distinct();

    /// <summary>Where each of its temporaries will lie.</summary>
    public ArenaPlan Arena => ArenaPlan.Run(Kernels, b => TensorStore.BytesOf(MemoryEstimate.Length(b, Tables.Topology)));
}
