using System.Reflection;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace GraphEngine.Runtime;

/// <summary>The kernel that carries a <see cref="LaneSequence"/>; public because ILGPU's launchers must see it.</summary>
public static class LaneSequenceKernel
{
    /// <summary>The entry method.</summary>
    internal static MethodInfo Entry { get; } = typeof(LaneSequenceKernel).GetMethod(nameof(Run))!;

    /// <summary>Runs one lane.</summary>
    /// <param name="number">The number of the sequence.</param>
    public static void Run(int number) => Body(number, Grid.IdxX * Group.DimX + Group.IdxX, Grid.DimX * Group.DimX);

    [IntrinsicImplementation]
    private static void Body(int number, int lane, int lanes) => LaneSequence.RunLane(number, lane, lanes);
}
