using GraphEngine.Codegen;

namespace GraphEngine.Testing;

/// <summary>An elementwise kernel: y[i] is an expression of i and a.X[i].</summary>
public static class MapSample
{
    /// <summary>The kernel, for one work item per element.</summary>
    /// <param name="expression">The C# expression.</param>
    public static KernelSource Source(string expression) => new("Map", $$"""
        namespace GraphEngine.Generated;

        public static class Map
        {
            public struct Args
            {
                public ArrayView<float> X;
                public ArrayView<float> Y;
                public int Rows;
            }

            public static void Entry(Args a)
            {
                int i = Grid.IdxX * Group.DimX + Group.IdxX;
                if (i < a.Rows)
                    a.Y[i] = {{expression}};
            }

            public static Action<AcceleratorStream> Bind(
                Kernel kernel, KernelConfig config, ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars)
            {
                var args = new Args { X = floats[0], Y = floats[1], Rows = scalars[0] };
                var launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, Args>>();
                return stream => launch(stream, config, args);
            }
        }
        """);
}
