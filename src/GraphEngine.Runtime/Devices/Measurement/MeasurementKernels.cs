using GraphEngine.Codegen;

namespace GraphEngine.Runtime;

/// <summary>The two kernels that measure a device, in the form that suits it.</summary>
internal static class MeasurementKernels
{
    public const string Triad = "MeasureTriad";
    public const string Fma = "MeasureFma";

    /// <summary>Accumulators of one lane: more than the latency of two FMA units takes, fewer than there are registers.</summary>
    public const int SimdChains = 12;

    /// <summary>Accumulators of one work item: other work items hide the rest of the latency.</summary>
    public const int SimtChains = 8;

    /// <summary>The kernels for a device.</summary>
    public static IReadOnlyList<KernelSource> For(DeviceProfile profile) => profile.Kind == DeviceKind.Cpu
        ? [new(Triad, SimdTriad(profile.VectorBits, profile.VectorFloats)), new(Fma, SimdFma(profile.VectorBits))]
        : [new(Triad, Class(Triad, SimtTriad)), new(Fma, SimtFma())];

    private const string SimtTriad = """
        public static void Entry(Args a)
        {
            ArrayView<Float4> x = a.X.Cast<Float4>(), y = a.Y.Cast<Float4>(), z = a.Z.Cast<Float4>();
            int step = Grid.DimX * Group.DimX;
            for (int i = Grid.IdxX * Group.DimX + Group.IdxX; i < a.Count / 4; i += step)
            {
                Float4 p = x[i], q = y[i];
                z[i] = new Float4 { X = p.X + 3f * q.X, Y = p.Y + 3f * q.Y, Z = p.Z + 3f * q.Z, W = p.W + 3f * q.W };
            }
        }
        """;

    private static string SimdTriad(int bits, int floats) => Class(Triad, $$"""
        public static void Entry(Args a) => Body(a, Grid.IdxX * Group.DimX + Group.IdxX, Grid.DimX * Group.DimX);

        [IntrinsicImplementation]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Body(Args a, int lane, int lanes)
        {
            ref float x = ref a.X[0], y = ref a.Y[0], z = ref a.Z[0];
            int share = a.Count / {{floats}} / lanes * {{floats}};
            var scale = Vector{{bits}}.Create(3f);
            nuint end = (nuint)((lane + 1) * share);
            for (nuint i = (nuint)(lane * share); i < end; i += {{floats}})
                Vector{{bits}}.FusedMultiplyAdd(scale, Vector{{bits}}.LoadUnsafe(ref y, i), Vector{{bits}}.LoadUnsafe(ref x, i)).StoreUnsafe(ref z, i);
        }
        """);

    private static string SimdFma(int bits) => Class(Fma, $$"""
        public static void Entry(Args a) => Body(a, Grid.IdxX * Group.DimX + Group.IdxX, Grid.DimX * Group.DimX);

        [IntrinsicImplementation]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Body(Args a, int lane, int lanes)
        {
            // Taken first: a call while the accumulators live would put them into memory for the whole loop.
            ref float z = ref a.Z[lane];
            Vector{{bits}}<float> m = Vector{{bits}}.Create(a.X[0]), b = Vector{{bits}}.Create(a.Y[0]);
            Vector{{bits}}<float> {{Chains(SimdChains, "c{0} = Vector" + bits + ".Create({0}f)")}};
            for (int i = 0; i < a.Count; i++)
            {
                {{Chains(SimdChains, "c{0} = Vector" + bits + ".FusedMultiplyAdd(c{0}, m, b);", " ")}}
            }
            z = Vector{{bits}}.Sum({{Chains(SimdChains, "c{0}", " + ")}});
        }
        """);

    private static string SimtFma() => Class(Fma, $$"""
        public static void Entry(Args a)
        {
            float m = a.X[0], b = a.Y[0];
            float {{Chains(SimtChains, "c{0} = Group.IdxX + {0}f")}};
            for (int i = 0; i < a.Count; i++)
            {
                {{Chains(SimtChains, "c{0} = Device.Fma(c{0}, m, b);", " ")}}
                {{Chains(SimtChains, "c{0} = Device.Fma(c{0}, m, b);", " ")}}
                {{Chains(SimtChains, "c{0} = Device.Fma(c{0}, m, b);", " ")}}
                {{Chains(SimtChains, "c{0} = Device.Fma(c{0}, m, b);", " ")}}
            }
            a.Z[Grid.IdxX * Group.DimX + Group.IdxX] = {{Chains(SimtChains, "c{0}", " + ")}};
        }
        """);

    /// <summary>How often the SIMT kernel repeats its chains in one turn of the loop, so that the loop itself does not count.</summary>
    public const int SimtUnroll = 4;

    private static string Class(string name, string body) => $$"""
        namespace GraphEngine.Generated;

        public static class {{name}}
        {
            public struct Args
            {
                public ArrayView<float> X, Y, Z;
                public int Count;
            }

        {{body}}

            public static Action<AcceleratorStream> Bind(
                Kernel kernel, KernelConfig config, ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars)
            {
                var args = new Args { X = floats[0], Y = floats[1], Z = floats[2], Count = scalars[0] };
                var launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, Args>>();
                return stream => launch(stream, config, args);
            }
        }
        """;

    private static string Chains(int count, string item, string separator = ", ") => string.Join(
        separator, Enumerable.Range(0, count).Select(i => item.Replace("{0}", $"{i}", StringComparison.Ordinal)));
}
