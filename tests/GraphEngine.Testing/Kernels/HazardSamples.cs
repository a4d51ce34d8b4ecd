using GraphEngine.Codegen;

namespace GraphEngine.Testing;

/// <summary>
/// Kernels that ILGPU's O2 turns into wrong code: a load that must stay before a store, and a load that must stay between two barriers.
/// </summary>
public static class HazardSamples
{
    /// <summary>The group size of both kernels; one group runs.</summary>
    public const int GroupSize = 64;

    /// <summary>Each step reads what the step before it stored: u[t] = a[t] + b[0] + … + b[6], and a[t] = b[7] in the end.</summary>
    public static KernelSource LoadBeforeStore { get; } = Source("LoadBeforeStore", """
                int t = Group.IdxX;
                float u = 0f;
                for (int k = 0; k < 8; k++)
                {
                    float old = a.A[t];
                    a.A[t] = a.B[k];
                    u += old;
                }
                a.C[t] = u;
        """);

    /// <summary>A tile of shared memory that is written again as soon as all have read it.</summary>
    public static KernelSource LoadBetweenBarriers { get; } = Source("LoadBetweenBarriers", """
                int t = Group.IdxX;
                ArrayView<float> tile = SharedMemory.Allocate<float>(64);
                float sum = 0f;
                for (int k = 0; k < 8; k++)
                {
                    tile[t] = a.A[k * 64 + t];
                    Device.LocalBarrier();
                    sum += tile[63 - t] * a.B[k * 64 + t];
                    Device.LocalBarrier();
                }
                a.C[t] = sum;
        """);

    private static KernelSource Source(string name, string body) => new(name, $$"""
        namespace GraphEngine.Generated;

        public static class {{name}}
        {
            public struct Args
            {
                public ArrayView<float> A;
                public ArrayView<float> B;
                public ArrayView<float> C;
            }

            public static void Entry(Args a)
            {
        {{body}}
            }

            public static Action<AcceleratorStream> Bind(
                Kernel kernel, KernelConfig config, ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars)
            {
                var args = new Args { A = floats[0], B = floats[1], C = floats[2] };
                var launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, Args>>();
                return stream => launch(stream, config, args);
            }
        }
        """);
}
