using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The SIMT schedule of segments: a team of lanes per row and head runs the statements in order, and loops over the row's items for each that stores
/// items. A statement may read what other lanes of its row have stored before, so that all lanes wait for each other after every statement; numbers
/// of the row are stored by the first lane.
/// </summary>
internal static class SimtSegments
{
    public static SimtText Emit(Kernel.Segments kernel, KernelArguments arguments, DeviceProfile profile)
    {
        RowShape shape = kernel.Statements[0].Target.Type.Row;
        if (shape.Heads > profile.GroupSize)
            throw new NotSupportedException($"The kernel {kernel.Name} has {shape.Heads} heads, more than the {profile.GroupSize} work items of a group; use fewer heads.");
        string pointers = $"a.{arguments.Table(new IndexTable.Pointers(kernel.Items.Map!))}", row = kernel.Row.Name;
        SimtTeam team = new(shape.Heads, profile.GroupSize, kernel.Schedule);
        SimtExpressions expressions = new(arguments, kernel.Expressions) { Team = team };
        expressions.Open(null);
        expressions.Open(kernel.Row);
        (SimtBlock block, string position) = SimtTraversal.Position(null, shape.Heads, 1, expressions.Depth);
        expressions.Text.Line($"int start = {pointers}[{row}], end = {SimtTeam.End($"{pointers}[{row} + 1]", "start")};");
        foreach (Store statement in kernel.Statements)
        {
            if (!kernel.IsPerItem(statement))
            {
                SimtTraversal.Write(expressions, arguments, [statement], new RowIndex(kernel.Row, null), block, SimtTeam.IsFirst);
                expressions.Text.Line("Device.LocalBarrier();");
                continue;
            }
            CodeWriter text = expressions.Text;
            expressions.Open(kernel.Items);
            SimtTraversal.Write(expressions, arguments, [statement], RowIndex.ItemOf(kernel.Items), block);
            string item = expressions.Close();
            SimtTeam.Loop(text, kernel.Items.Name, "start", "end", item);
            text.Line("Device.LocalBarrier();");
        }
        string body = expressions.Close(), constants = expressions.Close();
        return team.Frame(kernel, arguments, profile, position, constants, body, $"{kernel.Space}: segments of {kernel.Items.Map!.From}");
    }
}
