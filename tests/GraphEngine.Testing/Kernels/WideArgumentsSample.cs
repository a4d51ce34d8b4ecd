using GraphEngine.Codegen;

namespace GraphEngine.Testing;

/// <summary>A kernel with twelve views and eight scalars in its arguments, which adds up the element at its own place of all of them.</summary>
public static class WideArgumentsSample
{
    /// <summary>The kernel, for one group of two.</summary>
    public static KernelSource Source { get; } = new("WideArguments", $$"""
        namespace GraphEngine.Generated;

        public static class WideArguments
        {
            public struct Args
            {
                public ArrayView<float> {{List(8, "F{0}")}}, Y;
                public ArrayView<int> {{List(3, "I{0}")}};
                public int {{List(8, "S{0}")}};
            }

            public static void Entry(Args a)
            {
                int t = Group.IdxX;
                int whole = {{List(3, "a.I{0}[0]", " + ")}} + {{List(8, "a.S{0}", " + ")}};
                a.Y[t] = {{List(8, "a.F{0}[t]", " + ")}} + whole;
            }

            public static Action<AcceleratorStream> Bind(
                Kernel kernel, KernelConfig config, ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars)
            {
                var args = new Args
                {
                    {{List(8, "F{0} = floats[{0}]")}}, Y = floats[8],
                    {{List(3, "I{0} = ints[{0}]")}},
                    {{List(8, "S{0} = scalars[{0}]")}},
                };
                var launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, Args>>();
                return stream => launch(stream, config, args);
            }
        }
        """);

    private static string List(int count, string item, string separator = ", ") => string.Join(
        separator, Enumerable.Range(0, count).Select(i => item.Replace("{0}", $"{i}", StringComparison.Ordinal)));
}
