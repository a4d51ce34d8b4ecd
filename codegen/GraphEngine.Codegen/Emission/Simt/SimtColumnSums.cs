using System.Numerics;
using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The SIMT schedule of sums of rows by type, which are outer products with a column of ones: a group per share of rows, whose lanes take turns at
/// the rows of a sum. Slots are those of <see cref="SimtOuter"/>.
/// </summary>
internal static class SimtColumnSums
{
    /// <summary>True for sums of plain rows that a group can hold.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="profile">The device.</param>
    public static bool Suits(Kernel.Outer kernel, DeviceProfile profile) =>
        kernel.A is Expression.Constant { Value: 1 } && RowItems(kernel, new SimtOperand("Right", kernel.G)) <= profile.GroupSize;

    public static SimtText Emit(Kernel.Outer kernel, KernelArguments arguments, DeviceProfile profile)
    {
        SimtOperand right = new("Right", kernel.G);
        int heads = kernel.G.Row.Heads, columns = kernel.G.Row.HeadSize / right.Lanes, items = RowItems(kernel, right);
        int lanes = 1 << BitOperations.Log2((uint)(profile.GroupSize / items));
        string target = $"a.{arguments.Tensor(kernel.Target)}", partials = $"a.{arguments.Tensor(kernel.Partials)}", type = right.Lanes == 1 ? "float" : "Float4";
        SimtExchange exchange = new(items, profile.GroupSize);
        CodeWriter sum = new();
        using (sum.Open($"for (int k = row + lane; k < {(lanes * items == profile.GroupSize ? "end" : "(lane < lanes ? end : row)")}; k += lanes)"))
            sum.Line($"sum = sum + {right.Call("k", "c")};");
        exchange.Combine(sum, ReduceKind.Sum, ["sum"], right.Lanes);
        CodeWriter w = new();
        using (w.Open("public static void Entry(Args a)"))
        {
            exchange.Declare(w);
            w.Line($"const int lanes = {lanes};");
            w.Line($"int share = Grid.IdxX, item = Group.IdxX, lane = item / {items}, h = item / {columns} % {heads}, c = item % {columns};");
            SimtShare.Open(w, kernel, arguments);
            using (w.Open("while (row < last)"))
            {
                SimtShare.FindSum(w, kernel, arguments);
                w.Line($"{type} sum = default;");
                w.Lines(sum.ToString());
                SimtShare.FindSlot(w, kernel, arguments, target, partials);
                w.Line("if (lane == 0)");
                w.Line(right.Lanes == 1 ? $"    sums[slot * {items} + item] = sum;" : $"    Float4.Store(sums, slot * {items} + item, sum);");
                w.Line("row = end;");
            }
        }
        right.Print(w, arguments, kernel.Row);
        return new SimtText($"{kernel.Types.From}: sums of rows, {kernel.G.Row.Size}", w, GridSize.Of(kernel.Partials.FixedRows / 2), profile.GroupSize);
    }

    private static int RowItems(Kernel.Outer kernel, SimtOperand right) => kernel.G.Row.Size / right.Lanes;
}
