using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>The SIMT schedule of segments: a work item per row and head runs the statements in order, and loops over the row's items for each that stores items.</summary>
internal static class SimtSegments
{
    public static SimtText Emit(Kernel.Segments kernel, KernelArguments arguments, DeviceProfile profile)
    {
        RowShape shape = kernel.Statements[0].Target.Type.Row;
        string pointers = $"a.{arguments.Table(new IndexTable.Pointers(kernel.Items.Map!))}";
        SimtExpressions expressions = new(arguments);
        expressions.Open(null);
        expressions.Open(kernel.Row);
        (SimtBlock block, string position) = SimtTraversal.Position(kernel.Row.Name, shape.Heads, 1, expressions.Depth);
        expressions.Text.Line($"int start = {pointers}[{kernel.Row.Name}], end = {pointers}[{kernel.Row.Name} + 1];");
        foreach (Store statement in kernel.Statements)
        {
            if (!kernel.IsPerItem(statement))
            {
                SimtTraversal.Write(expressions, arguments, [statement], new RowIndex(kernel.Row, null), block);
                continue;
            }
            CodeWriter row = expressions.Text;
            expressions.Open(kernel.Items);
            SimtTraversal.Write(expressions, arguments, [statement], RowIndex.ItemOf(kernel.Items), block);
            string item = expressions.Close();
            using (row.Open($"for (int {kernel.Items.Name} = start; {kernel.Items.Name} < end; {kernel.Items.Name}++)"))
                row.Lines(item);
        }
        string condition = $"{kernel.Row.Name} < {arguments.Count(kernel.Space)}", summary = $"{kernel.Space}: segments of {kernel.Items.Map!.From}";
        return shape.Heads == 1
            ? SimtTraversal.Frame(kernel.Space, arguments, profile, expressions, 1, kernel.Row.Name, condition, summary)
            : SimtTraversal.Frame(kernel.Space, arguments, profile, expressions, shape.Heads, "item", condition, summary, position);
    }
}
