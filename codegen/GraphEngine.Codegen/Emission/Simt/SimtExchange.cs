using GraphEngine.Ir;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The text by which lanes of a group that hold parts of a sum or maximum exchange them through shared memory, in a butterfly: afterwards all of them
/// hold the same number, the same in every run. It refers to <c>item</c>, the work item of the group, and to <c>lane</c> of <c>lanes</c>, a power of
/// two. All work items of the group have to come by, since they meet at barriers.
/// </summary>
internal sealed class SimtExchange
{
    private readonly SortedSet<int> _widths = [];
    private readonly string _stride;
    private readonly int _length;

    /// <summary>An exchange between lanes that are some known number of work items apart.</summary>
    /// <param name="stride">Work items from one lane to the next.</param>
    /// <param name="groupSize">The work items of a group.</param>
    public SimtExchange(int stride, int groupSize)
    {
        _stride = stride == 1 ? "" : $" * {stride}";
        // Where the stride is no power of two, the last work items have partners beyond the group.
        _length = int.IsPow2(stride) ? groupSize : 2 * groupSize;
    }

    /// <summary>An exchange between lanes whose distance is decided by the group.</summary>
    /// <param name="stride">The variable that holds it: the group's work items divided by its lanes.</param>
    /// <param name="groupSize">The work items of a group.</param>
    public SimtExchange(string stride, int groupSize)
    {
        _stride = $" * {stride}";
        _length = groupSize;
    }

    /// <summary>Prints the exchange; the shared memory it needs has to be declared.</summary>
    /// <param name="w">The text.</param>
    /// <param name="kind">What is made.</param>
    /// <param name="names">The variables that hold the parts and will hold the whole.</param>
    /// <param name="width">Floats in one of them: 1 or 4.</param>
    public void Combine(CodeWriter w, ReduceKind kind, IReadOnlyList<string> names, int width)
    {
        _widths.Add(width);
        BinaryKind operation = kind == ReduceKind.Sum ? BinaryKind.Add : BinaryKind.Max;
        string shared = Name(width), other = $"{shared}[item + ((lane ^ step) - lane){_stride}]";
        using (w.Open("for (int step = lanes / 2; step > 0; step /= 2)"))
        {
            foreach (string name in names)
            {
                w.Line($"{shared}[item] = {name};").Line("Device.LocalBarrier();");
                w.Line($"{name} = {SimtFunctions.Binary(operation, name, other, width)};").Line("Device.LocalBarrier();");
            }
        }
    }

    /// <summary>Prints the shared memory of all exchanges printed before.</summary>
    /// <param name="w">The entry.</param>
    public void Declare(CodeWriter w)
    {
        foreach (int width in _widths)
            w.Line($"ArrayView<{Type(width)}> {Name(width)} = SharedMemory.Allocate<{Type(width)}>({_length});");
    }

    private static string Name(int width) => width == 1 ? "parts" : "parts4";

    private static string Type(int width) => width == 1 ? "float" : "Float4";
}
