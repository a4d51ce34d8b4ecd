using GraphEngine.Codegen;

namespace GraphEngine.Testing;

/// <summary>
/// A traversal by example, in both forms: y[r] is the sum of x[items[e]] over the CSR group of r, for rows of 64 floats. The SIMD lanes share the
/// edges evenly, not the rows, and fetch rows ahead; in the SIMT form 16 work items carry one row.
/// </summary>
public static class GatherSumSample
{
    /// <summary>The width of a row.</summary>
    public const int Width = 64;

    /// <summary>The rows that one SIMT group of 256 computes.</summary>
    public const int RowsPerGroup = 16;

    private const string Frame = """
        namespace GraphEngine.Generated;

        public static class GatherSum
        {
            public struct Args
            {
                public ArrayView<float> X;
                public ArrayView<float> Y;
                public ArrayView<int> Pointers;
                public ArrayView<int> Items;
                public int Rows;
            }

        BODY

            public static Action<AcceleratorStream> Bind(
                Kernel kernel, KernelConfig config, ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars)
            {
                var args = new Args { X = floats[0], Y = floats[1], Pointers = ints[0], Items = ints[1], Rows = scalars[0] };
                var launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, Args>>();
                return stream => launch(stream, config, args);
            }
        }
        """;

    private const string SimtBody = """
            public static void Entry(Args a)
            {
                ArrayView<Float4> x = a.X.Cast<Float4>();
                ArrayView<Float4> y = a.Y.Cast<Float4>();
                int row = Grid.IdxX * 16 + Group.IdxX / 16, part = Group.IdxX % 16;
                if (row < a.Rows)
                {
                    Float4 sum = default;
                    int end = a.Pointers[row + 1];
                    for (int e = a.Pointers[row]; e < end; e++)
                    {
                        Float4 v = x[a.Items[e] * 16 + part];
                        sum.X += v.X;
                        sum.Y += v.Y;
                        sum.Z += v.Z;
                        sum.W += v.W;
                    }
                    y[row * 16 + part] = sum;
                }
            }
        """;

    /// <summary>The SIMT form.</summary>
    public static KernelSource Simt { get; } = new("GatherSum", Frame.Replace("BODY", SimtBody, StringComparison.Ordinal));

    /// <summary>The SIMD form, for vectors of 512 bits or, on narrower hardware, what .NET makes of them.</summary>
    public static KernelSource Simd { get; } = new("GatherSum", Frame.Replace("BODY", """
            public static void Entry(Args a) => Body(a, Grid.IdxX * Group.DimX + Group.IdxX, Grid.DimX * Group.DimX);

            [IntrinsicImplementation]
            [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
            public static void Body(Args a, int lane, int lanes)
            {
                int edges = a.Pointers[a.Rows];
                int first = FirstRow(a, (int)((long)edges * lane / lanes)), last = FirstRow(a, (int)((long)edges * (lane + 1) / lanes));
                if (lane == lanes - 1)
                    last = a.Rows;
                if (first >= last)
                    return;
                ref float x = ref a.X[0];
                ref float y = ref a.Y[0];
                ref int pointers = ref a.Pointers[0];
                ref int items = ref edges == 0 ? ref pointers : ref a.Items[0];
                for (int row = first; row < last; row++)
                {
                    Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
                    int end = Unsafe.Add(ref pointers, row + 1);
                    for (int e = Unsafe.Add(ref pointers, row); e < end; e++)
                    {
                        Fetch(ref x, Unsafe.Add(ref items, Math.Min(e + 8, edges - 1)) * 64);
                        nuint at = (nuint)(Unsafe.Add(ref items, e) * 64);
                        s0 += Vector512.LoadUnsafe(ref x, at);
                        s1 += Vector512.LoadUnsafe(ref x, at + 16);
                        s2 += Vector512.LoadUnsafe(ref x, at + 32);
                        s3 += Vector512.LoadUnsafe(ref x, at + 48);
                    }
                    nuint to = (nuint)(row * 64);
                    s0.StoreUnsafe(ref y, to);
                    s1.StoreUnsafe(ref y, to + 16);
                    s2.StoreUnsafe(ref y, to + 32);
                    s3.StoreUnsafe(ref y, to + 48);
                }
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private static unsafe void Fetch(ref float x, int at)
            {
                if (Sse.IsSupported)
                {
                    byte* row = (byte*)Unsafe.AsPointer(ref Unsafe.Add(ref x, at));
                    Sse.Prefetch0(row);
                    Sse.Prefetch0(row + 64);
                    Sse.Prefetch0(row + 128);
                    Sse.Prefetch0(row + 192);
                }
            }

            public static LaneBody BindLanes(ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars)
            {
                var args = new Args { X = floats[0], Y = floats[1], Pointers = ints[0], Items = ints[1], Rows = scalars[0] };
                return (lane, lanes, _, _) => Body(args, lane, lanes);
            }

            // The first row that begins at or after an edge.
            private static int FirstRow(Args a, int edge)
            {
                int low = 0, high = a.Rows;
                while (low < high)
                {
                    int middle = (low + high) >>> 1;
                    if (a.Pointers[middle] < edge)
                        low = middle + 1;
                    else
                        high = middle;
                }
                return low;
            }
        """, StringComparison.Ordinal));
}
