using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The text by which a group walks through its share of rows, sum by sum. A sum whose rows all belong to the share is written to its place; the first
/// and the last sum of a share may be divided between it and its neighbours, and go to the share's two slots.
/// </summary>
internal static class SimtShare
{
    /// <summary>Prints the bounds of <c>share</c>: <c>first</c>, <c>last</c>, the current <c>segment</c> and <c>row</c>.</summary>
    public static void Open(CodeWriter w, Kernel.Outer kernel, KernelArguments arguments)
    {
        IndexTable.Shares shares = kernel.Shares;
        string bounds = $"a.{arguments.Table(shares)}", segments = $"a.{arguments.Table(new IndexTable.FirstSegments(kernel.Types, shares))}";
        w.Line($"int first = {bounds}[share], last = {bounds}[share + 1], segment = {segments}[share], row = first;");
    }

    /// <summary>Prints the search for the sum that <c>row</c> belongs to and for the <c>end</c> of its rows in the share.</summary>
    public static void FindSum(CodeWriter w, Kernel.Outer kernel, KernelArguments arguments)
    {
        string pointers = Pointers(kernel, arguments);
        w.Line($"while ({pointers}[segment + 1] <= row)").Line("    segment++;");
        w.Line($"int end = IntrinsicMath.Min(last, {pointers}[segment + 1]);");
    }

    /// <summary>Prints where the sum goes: row <c>slot</c> of <c>sums</c>.</summary>
    public static void FindSlot(CodeWriter w, Kernel.Outer kernel, KernelArguments arguments, string target, string partials)
    {
        string pointers = Pointers(kernel, arguments);
        w.Line($"bool before = {pointers}[segment] < first, after = {pointers}[segment + 1] > last;");
        w.Line($"ArrayView<float> sums = before || after ? {partials} : {target};");
        w.Line("int slot = before || after ? 2 * share + (before ? 0 : 1) : segment;");
    }

    private static string Pointers(Kernel.Outer kernel, KernelArguments arguments) => $"a.{arguments.Table(new IndexTable.Pointers(kernel.Types))}";
}
