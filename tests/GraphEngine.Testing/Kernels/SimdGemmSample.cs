using GraphEngine.Codegen;

namespace GraphEngine.Testing;

/// <summary>
/// The SIMD form by example: Y = X W with 64 x 64 weights. The entry only computes the lane; the body is opaque to ILGPU and free to use vectors.
/// It must be optimised at once, because a kernel that runs for a second in one call would otherwise stay in unoptimised code, and it takes its
/// references first: a call while the accumulators live would keep them in memory throughout the loop, at a quarter of the speed.
/// </summary>
public static class SimdGemmSample
{
    /// <summary>The width of X, W and Y.</summary>
    public const int Width = 64;

    /// <summary>The kernel for a vector width.</summary>
    /// <param name="vectorBits">512, 256 or 128.</param>
    public static KernelSource Source(int vectorBits)
    {
        string v = $"Vector{vectorBits}";
        int n = vectorBits / 32;
        return new KernelSource("SimdGemm", $$"""
            namespace GraphEngine.Generated;

            public static class SimdGemm
            {
                public struct Args
                {
                    public ArrayView<float> X;
                    public ArrayView<float> W;
                    public ArrayView<float> Y;
                    public int Rows;
                }

                public static void Entry(Args a) => Body(a, Grid.IdxX * Group.DimX + Group.IdxX, Grid.DimX * Group.DimX);

                [IntrinsicImplementation]
                [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
                public static void Body(Args a, int lane, int lanes)
                {
                    int share = (a.Rows / 4 + lanes - 1) / lanes * 4;
                    int first = Math.Min(a.Rows, lane * share);
                    int last = lane == lanes - 1 ? a.Rows : Math.Min(a.Rows, first + share);
                    if (first == last)
                        return;
                    ref float x = ref a.X[0];
                    ref float w = ref a.W[0];
                    ref float y = ref a.Y[0];
                    int i = first;
                    for (; i + 4 <= last; i += 4)
                    {
                        for (int j = 0; j < 64; j += {{2 * n}})
                        {
                            {{v}}<float> c00 = default, c01 = default, c10 = default, c11 = default;
                            {{v}}<float> c20 = default, c21 = default, c30 = default, c31 = default;
                            for (int k = 0; k < 64; k++)
                            {
                                var b0 = {{v}}.LoadUnsafe(ref w, (nuint)(k * 64 + j));
                                var b1 = {{v}}.LoadUnsafe(ref w, (nuint)(k * 64 + j + {{n}}));
                                var a0 = {{v}}.Create(Unsafe.Add(ref x, i * 64 + k));
                                c00 = {{v}}.FusedMultiplyAdd(a0, b0, c00);
                                c01 = {{v}}.FusedMultiplyAdd(a0, b1, c01);
                                var a1 = {{v}}.Create(Unsafe.Add(ref x, i * 64 + 64 + k));
                                c10 = {{v}}.FusedMultiplyAdd(a1, b0, c10);
                                c11 = {{v}}.FusedMultiplyAdd(a1, b1, c11);
                                var a2 = {{v}}.Create(Unsafe.Add(ref x, i * 64 + 128 + k));
                                c20 = {{v}}.FusedMultiplyAdd(a2, b0, c20);
                                c21 = {{v}}.FusedMultiplyAdd(a2, b1, c21);
                                var a3 = {{v}}.Create(Unsafe.Add(ref x, i * 64 + 192 + k));
                                c30 = {{v}}.FusedMultiplyAdd(a3, b0, c30);
                                c31 = {{v}}.FusedMultiplyAdd(a3, b1, c31);
                            }
                            c00.StoreUnsafe(ref y, (nuint)(i * 64 + j));
                            c01.StoreUnsafe(ref y, (nuint)(i * 64 + j + {{n}}));
                            c10.StoreUnsafe(ref y, (nuint)(i * 64 + 64 + j));
                            c11.StoreUnsafe(ref y, (nuint)(i * 64 + 64 + j + {{n}}));
                            c20.StoreUnsafe(ref y, (nuint)(i * 64 + 128 + j));
                            c21.StoreUnsafe(ref y, (nuint)(i * 64 + 128 + j + {{n}}));
                            c30.StoreUnsafe(ref y, (nuint)(i * 64 + 192 + j));
                            c31.StoreUnsafe(ref y, (nuint)(i * 64 + 192 + j + {{n}}));
                        }
                    }
                    for (; i < last; i++)
                    {
                        for (int j = 0; j < 64; j += {{n}})
                        {
                            {{v}}<float> c = default;
                            for (int k = 0; k < 64; k++)
                                c = {{v}}.FusedMultiplyAdd({{v}}.Create(Unsafe.Add(ref x, i * 64 + k)), {{v}}.LoadUnsafe(ref w, (nuint)(k * 64 + j)), c);
                            c.StoreUnsafe(ref y, (nuint)(i * 64 + j));
                        }
                    }
                }

                public static Action<AcceleratorStream> Bind(
                    Kernel kernel, KernelConfig config, ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars)
                {
                    var args = new Args { X = floats[0], W = floats[1], Y = floats[2], Rows = scalars[0] };
                    var launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, Args>>();
                    return stream => launch(stream, config, args);
                }

                public static LaneBody BindLanes(ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars)
                {
                    var args = new Args { X = floats[0], W = floats[1], Y = floats[2], Rows = scalars[0] };
                    return (lane, lanes, _, _) => Body(args, lane, lanes);
                }
            }
            """);
    }
}
