using System.Numerics;
using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The text of numbers that are made from the columns of rows: some lanes share the columns, so that neighbouring work items read neighbouring
/// addresses, and exchange what they found. Where work items of a warp can pass each other registers, they do; elsewhere through shared memory.
/// </summary>
/// <param name="count">The lanes, a power of two and no more than a warp.</param>
/// <param name="profile">The device.</param>
internal sealed class SimtColumnLanes(int count, DeviceProfile profile)
{
    // Four floats of each lane fill two cache lines.
    private const int MostLanes = 16;

    // Narrower rows lie in one cache line with their neighbours.
    private const int LeastColumns = 16;

    private readonly SimtExchange _exchange = new(1, profile.GroupSize);

    /// <summary>The lanes for a kernel; null where each work item does better alone.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="profile">The device.</param>
    public static SimtColumnLanes? For(Kernel.Traversal kernel, DeviceProfile profile)
    {
        Expression[] all = [.. kernel.Expressions.SelectMany(e => e.Descendants())];
        Expression.ReduceColumns[] sums = [.. all.OfType<Expression.ReduceColumns>().Where(Suits)];
        // Lanes cannot meet inside a loop over items.
        if (sums.Length == 0 || kernel.Stores[0].Target.Type.Row.HeadSize > 1 || all.Any(e => e is Expression.Reduce))
            return null;
        int registers = sums.Max(s => s.X.Row.HeadSize / SimtShapes.Lanes(s.X));
        return new SimtColumnLanes(Math.Min(MostLanes, 1 << BitOperations.Log2((uint)registers)), profile);
    }

    /// <summary>True for sums of so many columns that lanes should share them.</summary>
    /// <param name="sum">The sum or maximum.</param>
    public static bool Suits(Expression.ReduceColumns sum) => sum.X.Row.HeadSize >= LeastColumns;

    /// <summary>Prints the sum or maximum of what the lanes have; afterwards all of them have it.</summary>
    /// <param name="w">The text.</param>
    /// <param name="kind">What is made.</param>
    /// <param name="name">The variable that holds it.</param>
    public void Combine(CodeWriter w, ReduceKind kind, string name)
    {
        if (!profile.HasSubgroups)
        {
            _exchange.Combine(w, kind, [name], 1);
            return;
        }
        BinaryKind operation = kind == ReduceKind.Sum ? BinaryKind.Add : BinaryKind.Max;
        for (int step = count / 2; step > 0; step /= 2)
            w.Line($"{name} = {SimtFunctions.Binary(operation, name, $"Warp.ShuffleXor({name}, {step})", 1)};");
    }

    /// <summary>Prints the entry around the text of a row.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="arguments">Names of tensors and tables.</param>
    /// <param name="constants">What is computed before rows are told apart.</param>
    /// <param name="body">What is computed for a row.</param>
    public SimtText Frame(Kernel.Traversal kernel, KernelArguments arguments, string constants, string body)
    {
        int heads = kernel.Stores[0].Target.Type.Row.Heads;
        string row = kernel.Row.Name;
        CodeWriter w = new();
        using (w.Open("public static void Entry(Args a)"))
        {
            _exchange.Declare(w);
            w.Line($"const int lanes = {count};");
            w.Line($"int item = Group.IdxX, lane = item % lanes, unit = Grid.IdxX * {profile.GroupSize / count} + item / lanes, {row} = unit{(heads == 1 ? "" : $" / {heads}")};");
            w.Line($"bool active = {row} < {arguments.Count(kernel.Space)};");
            // All work items meet in exchanges; those beyond the last row read the first one.
            w.Line($"{row} = active ? {row} : 0;");
            if (heads > 1)
                w.Line($"int h = unit % {heads};");
            w.Lines(constants).Lines(body);
        }
        return new SimtText(
            $"{kernel.Space}: numbers of rows", w, new GridSize(new RowCount(kernel.Space), heads, profile.GroupSize / count), profile.GroupSize);
    }
}
