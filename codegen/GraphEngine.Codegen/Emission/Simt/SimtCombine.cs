using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The SIMT schedule of ordered partial sums: for each sum and register of columns a few lanes, which add every so many of the slots and then exchange what they have. Neighbouring work items
/// have neighbouring columns.
/// </summary>
internal static class SimtCombine
{
    // A single sum has a slot of every share; one of many has a few.
    private const int LanesOfOne = 32;
    private const int LanesOfMany = 8;

    public static SimtText Emit(Kernel.Combine kernel, KernelArguments arguments, DeviceProfile profile)
    {
        Kernel.Outer outer = kernel.Of;
        int size = outer.Target.Type.Row.Size, width = size % 4 == 0 ? 4 : 1, items = size / width;
        int lanes = Math.Min(profile.GroupSize, outer.Types.To == Space.One ? LanesOfOne : LanesOfMany), elements = profile.GroupSize / lanes;
        string target = $"a.{arguments.Tensor(outer.Target)}", partials = $"a.{arguments.Tensor(outer.Partials)}";
        // The shares are those of the kernel that made the partial sums: equal recipes are equal tables.
        string splits = $"a.{arguments.Table(outer.Splits)}", at = $"{splits}[slot + k] * {items} + c";
        SimtExchange exchange = new(elements, profile.GroupSize);
        CodeWriter sum = new();
        using (sum.Open("for (int k = lane; k < slots; k += lanes)"))
            sum.Line($"sum = sum + {(width == 1 ? $"{partials}[{at}]" : $"Float4.Load({partials}, {at})")};");
        exchange.Combine(sum, ReduceKind.Sum, ["sum"], width);
        CodeWriter w = new();
        using (w.Open("public static void Entry(Args a)"))
        {
            exchange.Declare(w);
            w.Line($"const int lanes = {lanes};");
            w.Line($"int item = Group.IdxX, lane = item / {elements}, element = Grid.IdxX * {elements} + item % {elements}, s = element / {items}, c = element % {items};");
            w.Line($"bool active = s < {arguments.Count(outer.Types.To)};");
            w.Line("s = active ? s : 0;");
            w.Line($"int slot = {splits}[3 * s], slots = active ? {splits}[3 * s + 1] : 0;");
            w.Line($"{(width == 1 ? "float" : "Float4")} sum = default;");
            w.Lines(sum.ToString());
            using (w.Open($"if (active && lane == 0 && (slots > 0 || {splits}[3 * s + 2] != 0))"))
                w.Line(width == 1 ? $"{target}[element] = sum;" : $"Float4.Store({target}, element, sum);");
        }
        return new SimtText($"{outer.Types.To}: ordered sums of partial sums", w, new GridSize(new RowCount(outer.Types.To), items, elements), profile.GroupSize);
    }
}
