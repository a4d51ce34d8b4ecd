using GraphEngine.Ir;
using GraphEngine.Passes;

namespace GraphEngine.Kernels;

/// <summary>A program as ordered kernels.</summary>
/// <param name="Kernels">The kernels, in order.</param>
/// <param name="Outputs">The tensor of each named output.</param>
/// <param name="Leaves">The persistent tensors, by leaf.</param>
public sealed record KernelProgram(
    IReadOnlyList<Kernel> Kernels, IReadOnlyDictionary<string, TensorBuffer> Outputs, IReadOnlyDictionary<Op.Leaf, TensorBuffer> Leaves)
{
    /// <summary>The number of each kernel's launch, never decreasing: kernels of one launch do not wait for each other.</summary>
    public required IReadOnlyList<int> Launches { get; init; }

    /// <summary>Where kernels visit rows together, in order.</summary>
    public IReadOnlyList<FusedLoop> Loops { get; init; } = [];

    /// <summary>How many launches there are.</summary>
    public int LaunchCount => Launches.Count == 0 ? 0 : Launches[^1] + 1;

    /// <summary>Where the products of relations are made: the topologies it can be bound to.</summary>
    public SideChoice? Sides { get; init; }

    /// <summary>The tensors that exist only during a run, in the order of their first use.</summary>
    public IEnumerable<TensorBuffer> Temporaries =>
        Kernels.SelectMany(k => k.Writes.Concat(k.Reads)).Distinct().Where(b => !b.IsPersistent);
}
