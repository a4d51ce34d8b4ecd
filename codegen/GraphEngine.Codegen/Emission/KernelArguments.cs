using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Codegen.Emission;

/// <summary>Collects what a kernel refers to, names it, and prints the argument struct and its binder.</summary>
internal sealed class KernelArguments
{
    private readonly List<TensorBuffer> _tensors = [];
    private readonly List<IndexTable> _tables = [];
    private readonly List<RowCount> _counts = [];

    /// <summary>The float views, in order.</summary>
    public IReadOnlyList<TensorBuffer> Tensors => _tensors;

    /// <summary>The index views, in order.</summary>
    public IReadOnlyList<IndexTable> Tables => _tables;

    /// <summary>The scalars, in order.</summary>
    public IReadOnlyList<RowCount> Counts => _counts;

    /// <summary>Classes that the kernel calls.</summary>
    public List<KernelSource> Parts { get; } = [];

    /// <summary>The name of a tensor.</summary>
    /// <param name="buffer">The tensor.</param>
    public string Tensor(TensorBuffer buffer) => $"f{IndexOf(_tensors, buffer)}";

    /// <summary>The name of a table.</summary>
    /// <param name="table">The table.</param>
    public string Table(IndexTable table) => $"n{IndexOf(_tables, table)}";

    /// <summary>The name of the number of rows of a space.</summary>
    /// <param name="space">The space.</param>
    public string Count(Space space) => $"a.c{IndexOf(_counts, new RowCount(space))}";

    /// <summary>Prints the class around a body.</summary>
    /// <param name="name">The kernel's name.</param>
    /// <param name="summary">One line on what it computes.</param>
    /// <param name="body">The members: entry or lane body, and helpers.</param>
    /// <param name="simd">True for a kernel whose <c>Body(args, lane, lanes, first, last)</c> is called by every lane; false for one that is launched
    /// through its entry.</param>
    public KernelSource Print(string name, string summary, string body, bool simd)
    {
        CodeWriter header = new(), w = new();
        header.Line("namespace GraphEngine.Generated;").Line();
        header.Comment(summary);
        for (int i = 0; i < _tensors.Count; i++)
            header.Comment($"f{i}: {_tensors[i].Name} : {_tensors[i].Type}");
        for (int i = 0; i < _tables.Count; i++)
            header.Comment($"n{i}: {_tables[i].Describe()}");
        using (w.Open($"public static unsafe class {name}"))
        {
            using (w.Open("public struct Args"))
            {
                for (int i = 0; i < _tensors.Count; i++)
                    w.Line($"public ArrayView<float> f{i};");
                for (int i = 0; i < _tables.Count; i++)
                    w.Line($"public ArrayView<int> n{i};");
                for (int i = 0; i < _counts.Count; i++)
                    w.Line($"public int c{i};");
            }
            w.Line().Lines(body).Line();
            PrintBinder(w, simd);
        }
        return new KernelSource(name, header.ToString() + w);
    }

    private void PrintBinder(CodeWriter w, bool simd)
    {
        const string views = "ArrayView<float>[] floats, ArrayView<int>[] ints, int[] scalars";
        using (w.Open(simd
            ? $"public static LaneBody BindLanes({views})"
            : $"public static Action<AcceleratorStream> Bind(Kernel kernel, KernelConfig config, {views})"))
        {
            w.Line("Args args = default;");
            for (int i = 0; i < _tensors.Count; i++)
                w.Line($"args.f{i} = floats[{i}];");
            for (int i = 0; i < _tables.Count; i++)
                w.Line($"args.n{i} = ints[{i}];");
            for (int i = 0; i < _counts.Count; i++)
                w.Line($"args.c{i} = scalars[{i}];");
            if (!simd)
                w.Line("var launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, Args>>();");
            w.Line(simd ? "return (lane, lanes, first, last) => Body(args, lane, lanes, first, last);" : "return stream => launch(stream, config, args);");
        }
    }

    private static int IndexOf<T>(List<T> list, T item)
    {
        int index = list.IndexOf(item);
        if (index >= 0)
            return index;
        list.Add(item);
        return list.Count - 1;
    }
}
