using ILGPU;

namespace GraphEngine.Codegen;

/// <summary>
/// Fixes the arguments of a generated SIMD kernel without a launch: what comes back does the work of one lane, and all lanes must call it. A kernel
/// class of the SIMD form has it as <c>public static BindLanes</c>.
/// </summary>
/// <param name="floats">The float views, in the order of the kernel's model.</param>
/// <param name="ints">The index views, in the order of the kernel's model.</param>
/// <param name="scalars">The scalars, in the order of the kernel's model.</param>
public delegate LaneBody LaneBinder(ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars);
