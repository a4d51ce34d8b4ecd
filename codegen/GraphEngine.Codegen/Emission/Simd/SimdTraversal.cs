using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>
/// The SIMD schedule of traversals: a loop over the lane's rows; narrow rows unrolled in registers, wide rows in steps of a few vectors.
/// </summary>
internal static class SimdTraversal
{
    public static (string Summary, CodeWriter Members) Emit(Kernel.Traversal kernel, KernelArguments arguments, DeviceProfile profile)
    {
        int width = profile.VectorFloats;
        SimdExpressions expressions = new(arguments, width, kernel) { IsFlat = kernel.IsFlat };
        expressions.Open(null);
        CodeWriter body = new();
        if (kernel.IsFlat)
        {
            string count = arguments.Count(kernel.Space);
            int size = kernel.Stores[0].Value.Row.Size;
            string steps = Columns(expressions, kernel.Row, kernel.Stores, "first", "last", width);
            body.Lines(expressions.Close());
            body.Line($"long count = {count} * {size}L, share = (count + lanes * 64L - 1) / (lanes * 64L) * 64L;");
            body.Line("first = (int)Math.Min(count, lane * share);").Line("last = (int)Math.Min(count, (lane + 1) * share);");
            body.Lines(steps);
            return ($"{kernel.Space}: elements", SimdEmitter.Frame(arguments, body.ToString()));
        }

        if (SimdRowLanes.Fits(kernel.Stores, width))
            return RowLanes(kernel, expressions, arguments, width);
        expressions.ItemStores.AddRange(kernel.ItemStores);
        expressions.Open(kernel.Row);
        Rows(expressions, kernel.Stores, new RowIndex(kernel.Row, null), width);
        expressions.StoreRemainingItems();
        string row = expressions.Close();
        body.Lines(expressions.Close());
        using (body.Open("for (int i = first; i < last; i++)"))
            body.Lines(row);
        return ($"{kernel.Space}: rows", SimdEmitter.Frame(arguments, body.ToString()));
    }

    /// <summary>Rows of one number each, or one per head: as many at a time as a register holds, the last ones alone.</summary>
    private static (string Summary, CodeWriter Members) RowLanes(Kernel.Traversal kernel, SimdExpressions expressions, KernelArguments arguments, int width)
    {
        SimdRowLanes wide = new(expressions, arguments, kernel.Row, width, kernel.Stores[0].Value.Row.Heads);
        foreach ((Store store, string value) in kernel.Stores.Select(s => (s, wide.Value(s.Value))).ToArray())
            wide.Text.Line($"{value}.Store({arguments.Tensor(store.Target)} + {wide.Position});");
        expressions.Open(kernel.Row);
        Rows(expressions, kernel.Stores, new RowIndex(kernel.Row, null), width);
        string single = expressions.Close();
        CodeWriter body = new();
        body.Lines(expressions.Close());
        body.Line("int i = first;");
        using (body.Open($"for (; i + {wide.Rows} <= last; i += {wide.Rows})"))
            body.Lines(wide.Text.ToString());
        using (body.Open("for (; i < last; i++)"))
            body.Lines(single);
        return ($"{kernel.Space}: rows side by side", SimdEmitter.Frame(arguments, body.ToString()));
    }

    /// <summary>Prints what one row stores, into the open scope.</summary>
    public static void Rows(SimdExpressions expressions, IReadOnlyList<Store> stores, RowIndex index, int width, string? tileRow = null)
    {
        foreach (IGrouping<(int Heads, int Size), Store> group in stores.GroupBy(s => (s.Target.Type.Row.Heads, s.Target.Type.Row.HeadSize)))
        {
            (int heads, int size) = group.Key;
            if (size == 1 && heads > 1 && !group.Any(s => s.Adds))
            {
                Write(expressions, [.. group], index, s => ColumnBlock.OfNumbers(s.Value, heads, width), tileRow);
                continue;
            }
            ColumnBlock[] all = [.. Enumerable.Range(0, heads).SelectMany(h => ColumnBlock.Covering(size, width, h))];
            // Blocks that overlap are for values that are all computed before the first store, and whose columns no sum takes from the same
            // registers.
            if (all.Length > expressions.UnrolledVectors || group.Any(s => s.Adds || s.Value.Descendants().Any(e => e is Expression.ReduceColumns r && r.X.Row.HeadSize == size)))
                all = [.. Enumerable.Range(0, heads).SelectMany(h => ColumnBlock.Exact(size, width, h))];
            if (all.Length <= expressions.UnrolledVectors || size <= width || group.Any(s => ColumnSelection.NeedsFixedColumns(s.Value)))
            {
                foreach (ColumnBlock[] blocks in all.Chunk(expressions.UnrolledVectors))
                    Write(expressions, [.. group], index, _ => blocks, tileRow);
                continue;
            }
            for (int h = 0; h < heads; h++)
                expressions.Text.Lines(Columns(expressions, null, [.. group], "0", $"{size}", width, h, index, tileRow));
        }
    }

    /// <summary>Loops over columns: steps of several vectors, then single vectors, then single columns; no column is computed twice.</summary>
    private static string Columns(
        SimdExpressions expressions, LoopVariable? loop, IReadOnlyList<Store> stores, string first, string last, int width, int head = 0, RowIndex? index = null, string? tileRow = null)
    {
        CodeWriter text = new();
        string c = loop is null ? $"c{expressions.Depth}" : "c";
        using (text.Open(""))
        {
            text.Line($"int {c} = {first};");
            foreach ((int blocks, int floats) in ((int, int)[])[(expressions.UnrolledVectors / 2, width), (1, width), (1, 1)])
            {
                expressions.Open(loop);
                int scope = expressions.Depth;
                ColumnBlock[] step = [.. Enumerable.Range(0, blocks).Select(b => new ColumnBlock(floats, c, scope, b * floats, head))];
                Write(expressions, stores, index ?? new RowIndex(loop, null), _ => step, tileRow);
                string body = expressions.Close();
                using (text.Open($"for (; {c} + {blocks * floats} <= {last}; {c} += {blocks * floats})"))
                    text.Lines(body);
            }
        }
        return text.ToString();
    }

    /// <summary>Computes every value before the first store, since a store may change what another value reads.</summary>
    private static void Write(SimdExpressions expressions, IReadOnlyList<Store> stores, RowIndex index, Func<Store, ColumnBlock[]> blocksOf, string? tileRow)
    {
        List<(Store Store, ColumnBlock Block, string Value)> values = [];
        foreach (Store store in stores)
        {
            ColumnBlock[] blocks = blocksOf(store);
            string[] names = expressions.EmitWide(store.Value, store.Target.Type.Row, blocks);
            values.AddRange(blocks.Select((b, i) => (store, b, names[i])));
        }
        foreach ((Store store, ColumnBlock block, string value) in values)
        {
            string row = tileRow ?? expressions.Address(store.Target, store.Row(index), store.Target.Type.Row.Size);
            string address = $"{row} + {block.Position(expressions.IsFlat ? 0 : store.Target.Type.Row.HeadSize)}";
            bool goesPast = block.Lanes > 1 && tileRow is null && store.Target.IsStreamed && store.Target.Type.Row.HeadSize % block.Lanes == 0;
            expressions.Text.Line(
                store.Adds ? $"LaneAtomics.Add({address}, {value});"
                : goesPast ? $"Simd.Put({value}, {address}, {expressions.IsFar(store.Target)});"
                : block.Store(address, value));
        }
    }
}
