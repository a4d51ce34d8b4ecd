using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Spaces;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The SIMT schedule of traversals: a work item per row and register of columns, so that neighbouring work items read neighbouring addresses. Rows
/// that visit items have several lanes of such work items (<see cref="SimtTeam"/>), and so have numbers made from many columns
/// (<see cref="SimtColumnLanes"/>).
/// </summary>
internal static class SimtTraversal
{
    public static SimtText Emit(Kernel.Traversal kernel, KernelArguments arguments, DeviceProfile profile)
    {
        RowShape shape = kernel.Stores[0].Target.Type.Row;
        if (kernel.Stores.Any(s => s.Target.Type.Row.HeadSize != shape.HeadSize || s.Target.Type.Row.Heads != shape.Heads))
            throw new NotSupportedException($"The kernel {kernel.Name} stores rows of several shapes; each needs a kernel of its own.");
        return kernel.IsFlat ? Flat(kernel, shape, arguments, profile) : Rows(kernel, shape, arguments, profile);
    }

    /// <summary>Prints what one work item stores, into the open scope; every value is computed before the first store.</summary>
    public static void Write(
        SimtExpressions expressions, KernelArguments arguments, IReadOnlyList<Store> stores, RowIndex index, SimtBlock block, string? condition = null)
    {
        string[] values = [.. stores.Select(s => expressions.EmitWide(s.Value, s.Target.Type.Row, [block])[0])];
        string[] places = [.. stores.Select(s => expressions.At(s.Row(index), s.Target.Type.Row, block))];
        using IDisposable? guard = condition is null ? null : expressions.Text.Open($"if ({condition})");
        for (int i = 0; i < values.Length; i++)
        {
            string view = $"a.{arguments.Tensor(stores[i].Target)}";
            if (stores[i].Adds)
                expressions.Text.Lines(Additions(view, places[i], values[i], block));
            else
                expressions.Text.Line(block.Lanes == 1 ? $"{view}[{places[i]}] = {values[i]};" : $"Float4.Store({view}, {places[i]}, {values[i]});");
        }
    }

    private static string Additions(string view, string at, string value, SimtBlock block) => block.Lanes == 1
        ? $"Device.AtomicAdd(ref {view}[{at}], {value});"
        : string.Join('\n', "XYZW".Select((column, i) => $"Device.AtomicAdd(ref {view}[({at}) * 4 + {i}], {value}.{column});"));

    private static SimtText Flat(Kernel.Traversal kernel, RowShape shape, KernelArguments arguments, DeviceProfile profile)
    {
        int lanes = shape.Size % 4 == 0 ? 4 : 1, items = shape.Size / lanes;
        SimtExpressions expressions = new(arguments, kernel.Expressions) { IsFlat = true };
        expressions.Open(null);
        expressions.Open(kernel.Row);
        Write(expressions, arguments, kernel.Stores, new RowIndex(kernel.Row, null), SimtBlock.One with { Lanes = lanes, Column = "c", ColumnScope = expressions.Depth });
        return Frame(kernel.Space, arguments, profile, expressions, items, "c", $"c < {arguments.Count(kernel.Space)} * {items}", $"{kernel.Space}: elements");
    }

    private static SimtText Rows(Kernel.Traversal kernel, RowShape shape, KernelArguments arguments, DeviceProfile profile)
    {
        int lanes = SimtShapes.Lanes(kernel.Stores), columns = shape.HeadSize / lanes, items = columns * shape.Heads;
        string summary = $"{kernel.Space}: rows";
        SimtTeam? team = SimtTeam.Suits(kernel, items, profile.GroupSize) ? new SimtTeam(items, profile.GroupSize, kernel.Schedule) : null;
        SimtColumnLanes? columnLanes = SimtColumnLanes.For(kernel, profile);
        SimtExpressions expressions = new(arguments, kernel.Expressions) { Team = team, ColumnLanes = columnLanes };
        expressions.Open(null);
        expressions.Open(kernel.Row);
        bool isShared = team is not null || columnLanes is not null;
        (SimtBlock block, string position) = Position(isShared ? null : kernel.Row.Name, shape.Heads, columns, expressions.Depth);
        Write(expressions, arguments, kernel.Stores, new RowIndex(kernel.Row, null), block with { Lanes = lanes }, isShared ? SimtTeam.IsFirst : null);
        if (isShared)
        {
            string body = expressions.Close(), constants = expressions.Close();
            return team?.Frame(kernel, arguments, profile, position, constants, body, summary) ?? columnLanes!.Frame(kernel, arguments, constants, body);
        }
        string condition = $"{kernel.Row.Name} < {arguments.Count(kernel.Space)}";
        return items == 1
            ? Frame(kernel.Space, arguments, profile, expressions, items, kernel.Row.Name, condition, summary)
            : Frame(kernel.Space, arguments, profile, expressions, items, "item", condition, summary, position);
    }

    /// <summary>
    /// Splits the number <c>item</c> into row (unless it is known already), head and column; what there is only one of is not named.
    /// </summary>
    public static (SimtBlock Block, string Text) Position(string? row, int heads, int columns, int scope)
    {
        List<string> parts = row is null ? [] : [$"{row} = item / {heads * columns}"];
        if (heads > 1)
            parts.Add(columns == 1 ? $"h = item % {heads}" : $"h = item / {columns} % {heads}");
        if (columns > 1)
            parts.Add($"c = item % {columns}");
        SimtBlock block = SimtBlock.One with { Column = columns > 1 ? "c" : null, ColumnScope = scope, Head = heads > 1 ? "h" : null, HeadScope = scope };
        return (block, parts.Count == 0 ? "" : $"int {string.Join(", ", parts)};");
    }

    /// <summary>Prints the entry around the open scopes of constants and of the row.</summary>
    private static SimtText Frame(
        Space space, KernelArguments arguments, DeviceProfile profile, SimtExpressions expressions, int items, string number, string condition, string summary,
        string? position = null)
    {
        string body = expressions.Close(), constants = expressions.Close();
        CodeWriter w = new();
        using (w.Open("public static void Entry(Args a)"))
        {
            w.Line($"int {number} = Grid.IdxX * {profile.GroupSize} + Group.IdxX;");
            if (position is not null)
                w.Line(position);
            using (w.Open($"if ({condition})"))
                w.Lines(constants).Lines(body);
        }
        return new SimtText(summary, w, new GridSize(new RowCount(space), items, profile.GroupSize), profile.GroupSize);
    }
}
