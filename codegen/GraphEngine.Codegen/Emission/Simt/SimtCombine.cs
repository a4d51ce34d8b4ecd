using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The SIMT schedule of ordered partial sums: for each register of columns as many lanes as there are slots for, which add every so many of the slots
/// and then exchange what they have. Neighbouring work items have neighbouring columns.
/// </summary>
internal static class SimtCombine
{
    public static SimtText Emit(Kernel.Combine kernel, KernelArguments arguments, DeviceProfile profile)
    {
        Kernel.Outer outer = kernel.Of;
        int size = outer.Target.Type.Row.Size, width = size % 4 == 0 ? 4 : 1, items = size / width;
        string target = $"a.{arguments.Tensor(outer.Target)}", partials = $"a.{arguments.Tensor(outer.Partials)}";
        // The shares are those of the kernel that made the partial sums: equal recipes are equal tables.
        IndexTable.Sums groups = new(outer.Splits, items, profile.GroupSize);
        string table = $"a.{arguments.Table(groups)}", splits = $"a.{arguments.Table(outer.Splits)}", at = $"{splits}[slot + k] * {items} + c";
        SimtExchange exchange = new("elements", profile.GroupSize);
        CodeWriter sum = new();
        SimtTeam.ReadingLoop(sum, "k", "0", "slots", $"sum = sum + {(width == 1 ? $"{partials}[{at}]" : $"Float4.Load({partials}, {at})")};", "next", kernel.Schedule);
        exchange.Combine(sum, ReduceKind.Sum, ["sum"], width);
        CodeWriter w = new();
        using (w.Open("public static void Entry(Args a)"))
        {
            exchange.Declare(w);
            w.Line($"int entry = Grid.IdxX * 3, s = {table}[entry], lanes = {table}[entry + 2];");
            w.Line($"int elements = {profile.GroupSize} / lanes, item = Group.IdxX, lane = item / elements, c = {table}[entry + 1] + item % elements;");
            w.Line($"int slot = {splits}[3 * s], slots = c < {items} ? {splits}[3 * s + 1] : 0;");
            w.Line($"{(width == 1 ? "float" : "Float4")} sum = default;");
            w.Lines(sum.ToString());
            w.Line($"if (lane == 0 && c < {items})");
            w.Line(width == 1 ? $"    {target}[s * {items} + c] = sum;" : $"    Float4.Store({target}, s * {items} + c, sum);");
        }
        return new SimtText($"{outer.Types.To}: ordered sums of partial sums", w, new GridSize(new RowCount(null, groups), 1, 3), profile.GroupSize);
    }
}
