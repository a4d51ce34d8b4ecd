namespace GraphEngine.Codegen;

/// <summary>The usings that hold for every generated kernel of an assembly.</summary>
public static class KernelPrelude
{
    /// <summary>A kernel that does nothing of use, but has what kernels are made of.</summary>
    public static KernelSource Sample { get; } = new("Sample", """
        namespace GraphEngine.Generated;

        public static unsafe class Sample
        {
            public struct Args
            {
                public ArrayView<float> f0;
                public ArrayView<int> n0;
                public int c0;
            }

            [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining), SkipLocalsInit]
            private static void Body(Args a, int lane, int lanes, int first, int last)
            {
                float* f0 = (float*)Unsafe.AsPointer(ref a.f0[0]);
                int* n0 = (int*)Unsafe.AsPointer(ref a.n0[0]);
                for (int i = first; i < last; i++)
                {
                    Vector512<float> v = Vector512.Create(0f);
                    for (int p = n0[i]; p < n0[i + 1]; p++)
                        v = Vector512.FusedMultiplyAdd(Vector512.Load(f0 + (nint)n0[p] * 16), Simd.Exp(v), Vector512.Create(f0[p])) * 2f + v;
                    v.Store(f0 + (nint)i * 16);
                    f0[i] = Math.Max(f0[i], a.c0 > 0 ? 1f : -f0[i]);
                }
                new Span<float>(f0, Math.Min(a.c0, lanes)).Clear();
            }

            public static LaneBody BindLanes(ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars)
            {
                Args args = default;
                args.f0 = floats[0];
                args.n0 = ints[0];
                args.c0 = scalars[0];
                return (lane, lanes, first, last) => Body(args, lane, lanes, first, last);
            }
        }
        """);

    /// <summary>The text. The alias is needed because ILGPU has a class Device as well.</summary>
    public const string Text = """
        global using System;
        global using System.Runtime.CompilerServices;
        global using System.Runtime.InteropServices;
        global using System.Runtime.Intrinsics;
        global using System.Runtime.Intrinsics.X86;
        global using GraphEngine.Codegen.Intrinsics;
        global using GraphEngine.Tensors;
        global using ILGPU;
        global using ILGPU.IR.Intrinsics;
        global using ILGPU.Runtime;
        global using Device = GraphEngine.Codegen.Intrinsics.Device;
        global using Group = ILGPU.Group;
        global using LaneBody = GraphEngine.Codegen.LaneBody;
        """;
}
