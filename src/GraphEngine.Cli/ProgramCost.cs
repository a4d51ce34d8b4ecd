using GraphEngine.Kernels;
using GraphEngine.Runtime;

namespace GraphEngine.Cli;

/// <summary>What a compiled program costs on its graph.</summary>
/// <param name="Bytes">Compulsory bytes of all kernels.</param>
/// <param name="Flops">Operations of all kernels.</param>
/// <param name="ArenaBytes">Temporaries.</param>
/// <param name="IndexBytes">Index tables.</param>
internal sealed record ProgramCost(long Bytes, long Flops, long ArenaBytes, long IndexBytes)
{
    /// <summary>Counts.</summary>
    /// <param name="program">The program.</param>
    public static ProgramCost Of(PlannedProgram program)
    {
        IReadOnlyList<KernelCost> costs = KernelCost.Of(program.Kernels, program.Tables.Topology);
        return new ProgramCost(costs.Sum(c => c.Bytes), costs.Sum(c => c.Flops), program.Arena.Bytes, MemoryEstimate.Tables([program]).Sum(t => t.Bytes));
    }
}
