using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// The SIMD schedule of segments: a loop over the lane's rows, for each the statements in order. Numbers of items are computed as many at a time as a
/// register holds. The last step of a row may run into the items of the lane's next rows: what it leaves there is overwritten when they come. What
/// the first statements store is made of items alone; they go over the items of a block of rows at once.
/// </summary>
internal static class SimdSegments
{
    // The items of a block stay in the first-level cache.
    private const int BlockRows = 64;

    private const string Final = "final";

    public static (string Summary, CodeWriter Members) Emit(Kernel.Segments kernel, KernelArguments arguments, DeviceProfile profile)
    {
        int lanes = profile.VectorFloats;
        LoopVariable items = kernel.Items;
        string shares = arguments.Table(SimdEmitter.SharesOf(kernel, profile)!), pointers = arguments.Table(new IndexTable.Pointers(items.Map!));
        SimdExpressions expressions = new(arguments, lanes, kernel) { SideBySide = (items.Map!, Final) };
        Store[] first = [.. kernel.Statements.TakeWhile(s => kernel.IsPerItem(s) && IsOfItemsAlone(s.Value, kernel.Row))];
        expressions.Open(null);
        expressions.Open(null);
        foreach (Store statement in first)
            Items(expressions, arguments, items, statement, lanes);
        string blocks = expressions.Close();
        expressions.Open(kernel.Row);
        expressions.Text.Line($"int start = {pointers}[i], end = {pointers}[i + 1];");
        foreach (Store statement in kernel.Statements.Skip(first.Length))
        {
            if (kernel.IsPerItem(statement))
                Items(expressions, arguments, items, statement, lanes);
            else
                SimdTraversal.Rows(expressions, [statement], new RowIndex(kernel.Row, null), lanes);
        }
        string row = expressions.Close();
        CodeWriter body = new();
        body.Lines(expressions.Close());
        body.Line($"int {Final} = {pointers}[{shares}[lane + 1]];");
        using (body.Open($"for (int block = first; block < last; block += {BlockRows})"))
        {
            body.Line($"int rows = Math.Min(block + {BlockRows}, last);");
            if (first.Length > 0)
            {
                using (body.Open(""))
                    body.Line($"int start = {pointers}[block], end = {pointers}[rows];").Lines(blocks);
            }
            using (body.Open("for (int i = block; i < rows; i++)"))
                body.Lines(row);
        }
        return ($"{kernel.Space}: segments of {items.Map!.From}", SimdEmitter.Frame(arguments, body.ToString()));
    }

    private static bool IsOfItemsAlone(Expression value, LoopVariable row) => value.Descendants().All(e => e switch
    {
        Expression.Load l => !ReferenceEquals(l.Index.Loop, row),
        Expression.Constant or Expression.Unary or Expression.Binary => true,
        _ => false,
    });

    private static void Items(SimdExpressions expressions, KernelArguments arguments, LoopVariable items, Store statement, int lanes)
    {
        CodeWriter loops = new();
        using (loops.Open(""))
        {
            loops.Line($"int {items.Name} = start;");
            if (SimdRowLanes.Fits([statement], lanes))
            {
                SimdRowLanes wide = new(expressions, arguments, items, lanes, statement.Value.Row.Heads);
                string value = wide.Value(statement.Value);
                wide.Text.Line($"{value}.Store({arguments.Tensor(statement.Target)} + {wide.Position});");
                using (loops.Open($"for (; {items.Name} < end && {items.Name} + {wide.Rows} <= {Final}; {items.Name} += {wide.Rows})"))
                    loops.Lines(wide.Text.ToString());
            }
            expressions.Open(items);
            SimdTraversal.Rows(expressions, [statement], RowIndex.ItemOf(items), lanes);
            string single = expressions.Close();
            using (loops.Open($"for (; {items.Name} < end; {items.Name}++)"))
                loops.Lines(single);
        }
        // After what the row has at hand for all of its items.
        expressions.Text.Lines(loops.ToString());
    }
}
