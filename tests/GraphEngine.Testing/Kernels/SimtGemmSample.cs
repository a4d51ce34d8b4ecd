using GraphEngine.Codegen;

namespace GraphEngine.Testing;

/// <summary>
/// The SIMT form by example: Y = X W with 64 x 64 weights; a group of 256 computes a 64 x 64 tile, each work item 4 x 4 of it. Tiles are declared as
/// <c>Float4</c>, which aligns them for 128-bit access, and seen as floats through a cast where single values are stored.
/// </summary>
public static class SimtGemmSample
{
    /// <summary>The width of X, W and Y.</summary>
    public const int Width = 64;

    /// <summary>The rows that one group computes.</summary>
    public const int TileRows = 64;

    /// <summary>The size of a group.</summary>
    public const int GroupSize = 256;

    /// <summary>The kernel.</summary>
    public static KernelSource Source { get; } = new("SimtGemm", """
        namespace GraphEngine.Generated;

        public static class SimtGemm
        {
            public struct Args
            {
                public ArrayView<float> X;
                public ArrayView<float> W;
                public ArrayView<float> Y;
                public int Rows;
            }

            public static void Entry(Args a)
            {
                ArrayView<Float4> x = a.X.Cast<Float4>();
                ArrayView<Float4> w = a.W.Cast<Float4>();
                ArrayView<Float4> y = a.Y.Cast<Float4>();
                ArrayView<Float4> tileA = SharedMemory.Allocate<Float4>(16 * 16);
                ArrayView<Float4> tileB = SharedMemory.Allocate<Float4>(16 * 16);
                ArrayView<float> scalarsA = tileA.Cast<float>();

                int item = Group.IdxX;
                int firstRow = Grid.IdxX * 64;
                int loadRow = item / 4, loadPart = item % 4;
                int row = item / 16, column = item % 16;
                float c00 = 0f, c01 = 0f, c02 = 0f, c03 = 0f, c10 = 0f, c11 = 0f, c12 = 0f, c13 = 0f;
                float c20 = 0f, c21 = 0f, c22 = 0f, c23 = 0f, c30 = 0f, c31 = 0f, c32 = 0f, c33 = 0f;
                for (int k = 0; k < 64; k += 16)
                {
                    Float4 loaded = default;
                    if (firstRow + loadRow < a.Rows)
                        loaded = x[(firstRow + loadRow) * 16 + k / 4 + loadPart];
                    scalarsA[(loadPart * 4 + 0) * 64 + loadRow] = loaded.X;
                    scalarsA[(loadPart * 4 + 1) * 64 + loadRow] = loaded.Y;
                    scalarsA[(loadPart * 4 + 2) * 64 + loadRow] = loaded.Z;
                    scalarsA[(loadPart * 4 + 3) * 64 + loadRow] = loaded.W;
                    tileB[item] = w[k * 16 + item];
                    Device.LocalBarrier();
                    for (int t = 0; t < 16; t++)
                    {
                        Float4 p = tileA[t * 16 + row];
                        Float4 q = tileB[t * 16 + column];
                        c00 = Device.Fma(p.X, q.X, c00); c01 = Device.Fma(p.X, q.Y, c01); c02 = Device.Fma(p.X, q.Z, c02); c03 = Device.Fma(p.X, q.W, c03);
                        c10 = Device.Fma(p.Y, q.X, c10); c11 = Device.Fma(p.Y, q.Y, c11); c12 = Device.Fma(p.Y, q.Z, c12); c13 = Device.Fma(p.Y, q.W, c13);
                        c20 = Device.Fma(p.Z, q.X, c20); c21 = Device.Fma(p.Z, q.Y, c21); c22 = Device.Fma(p.Z, q.Z, c22); c23 = Device.Fma(p.Z, q.W, c23);
                        c30 = Device.Fma(p.W, q.X, c30); c31 = Device.Fma(p.W, q.Y, c31); c32 = Device.Fma(p.W, q.Z, c32); c33 = Device.Fma(p.W, q.W, c33);
                    }
                    Device.LocalBarrier();
                }
                int r = firstRow + row * 4;
                if (r < a.Rows)
                    y[r * 16 + column] = new Float4 { X = c00, Y = c01, Z = c02, W = c03 };
                if (r + 1 < a.Rows)
                    y[(r + 1) * 16 + column] = new Float4 { X = c10, Y = c11, Z = c12, W = c13 };
                if (r + 2 < a.Rows)
                    y[(r + 2) * 16 + column] = new Float4 { X = c20, Y = c21, Z = c22, W = c23 };
                if (r + 3 < a.Rows)
                    y[(r + 3) * 16 + column] = new Float4 { X = c30, Y = c31, Z = c32, W = c33 };
            }

            public static Action<AcceleratorStream> Bind(
                Kernel kernel, KernelConfig config, ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars)
            {
                var args = new Args { X = floats[0], W = floats[1], Y = floats[2], Rows = scalars[0] };
                var launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, Args>>();
                return stream => launch(stream, config, args);
            }
        }
        """);
}
