using GraphEngine.Ir;
using GraphEngine.Passes;

namespace GraphEngine.Kernels;

/// <summary>A program as ordered launches.</summary>
/// <param name="Kernels">The launches, in order.</param>
/// <param name="Outputs">The tensor of each named output.</param>
/// <param name="Leaves">The persistent tensors, by leaf.</param>
public sealed record KernelProgram(
    IReadOnlyList<Kernel> Kernels, IReadOnlyDictionary<string, TensorBuffer> Outputs, IReadOnlyDictionary<Op.Leaf, TensorBuffer> Leaves)
{
    /// <summary>Where the products of relations are made: the topologies it can be bound to.</summary>
    public SideChoice? Sides { get; init; }

    /// <summary>The tensors that exist only during a run, in the order of their first use.</summary>
    public IEnumerable<TensorBuffer> Temporaries =>
        Kernels.SelectMany(k => k.Writes.Concat(k.Reads)).Distinct().Where(b => !b.IsPersistent);
}
