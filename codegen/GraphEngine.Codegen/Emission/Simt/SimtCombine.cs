using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>The SIMT schedule of ordered partial sums: a work item per sum and register of columns adds the slots in their order.</summary>
internal static class SimtCombine
{
    public static SimtText Emit(Kernel.Combine kernel, KernelArguments arguments, DeviceProfile profile)
    {
        Kernel.Outer outer = kernel.Of;
        int size = outer.Target.Type.Row.Size, lanes = size % 4 == 0 ? 4 : 1, items = size / lanes;
        string target = $"a.{arguments.Tensor(outer.Target)}", partials = $"a.{arguments.Tensor(outer.Partials)}";
        // The shares are those of the kernel that made the partial sums: equal recipes are equal tables.
        string splits = $"a.{arguments.Table(outer.Splits)}";
        CodeWriter w = new();
        using (w.Open("public static void Entry(Args a)"))
        {
            w.Line($"int item = Grid.IdxX * {profile.GroupSize} + Group.IdxX, s = item / {items}, c = item % {items};");
            using (w.Open($"if (s < {arguments.Count(outer.Types.To)})"))
            {
                w.Line($"int slot = {splits}[3 * s], slots = {splits}[3 * s + 1];");
                using (w.Open($"if (slots > 0 || {splits}[3 * s + 2] != 0)"))
                {
                    w.Line($"{(lanes == 1 ? "float" : "Float4")} sum = default;");
                    string at = $"{splits}[slot + k] * {items} + c";
                    w.Line("for (int k = 0; k < slots; k++)");
                    w.Line($"    sum = sum + {(lanes == 1 ? $"{partials}[{at}]" : $"Float4.Load({partials}, {at})")};");
                    w.Line(lanes == 1 ? $"{target}[s * {items} + c] = sum;" : $"Float4.Store({target}, s * {items} + c, sum);");
                }
            }
        }
        return new SimtText(
            $"{outer.Types.To}: ordered sums of partial sums", w, new GridSize(new RowCount(outer.Types.To), items, profile.GroupSize), profile.GroupSize);
    }
}
