using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <content>Loops over the items of a row.</content>
internal sealed partial class SimdExpressions
{
    /// <summary>What is still to be stored for the items of loops; the first loop over them that is not inside a loop over columns does it.</summary>
    public List<ItemStore> ItemStores { get; } = [];

    protected override void BeforeItems(ItemLoop loop, string[] registers, ColumnBlock[] blocks)
    {
        Expression.Reduce r = loop.Of;
        if (SideBySide is { } segment && segment.Items == r.Loop.Map && blocks is [var only] && only.Lanes == r.Row.Size && SimdRowLanes.Fits(r.Body, lanes))
            EmitSideBySide(loop, registers[0], only, segment.Last);
    }

    protected override void AfterItem(ItemLoop loop, ColumnBlock[] blocks)
    {
        if (blocks.All(b => b.Column is null))
            StoreItems(loop.Of.Loop);
    }

    protected override void Accumulate(ReduceKind kind, Expression value, RowShape result, IReadOnlyList<string> registers, ColumnBlock[] blocks)
    {
        if (kind == ReduceKind.Sum)
        {
            Add(value, registers, blocks);
            return;
        }
        string[] values = EmitWide(value, result, blocks);
        for (int i = 0; i < blocks.Length; i++)
            Text.Line($"{registers[i]} = {SimdFunctions.Binary(BinaryKind.Max, registers[i], values[i], blocks[i])};");
    }

    /// <summary>Few of a row's logits are larger than all before: the sums are scaled in a branch.</summary>
    protected override void Rescale(ColumnBlock block, string logit, string largest, IEnumerable<(ColumnBlock Block, string Register)> sums)
    {
        string before = Fresh("v"), factor = Fresh("v");
        using (Text.Open(block.Lanes == 1 ? $"if ({logit} > {largest})" : $"if ({block.Class}.GreaterThanAny({logit}, {largest}))"))
        {
            Text.Line($"{block.Type} {before} = {largest};").Line($"{largest} = {SimdFunctions.Binary(BinaryKind.Max, largest, logit, block)};");
            Text.Line($"{block.Type} {factor} = Simd.Exp({before} - {largest});");
            foreach ((_, string register) in sums)
                Text.Line($"{register} *= {factor};");
        }
    }

    /// <summary>
    /// Prints a value and adds it to registers, block by block: vectors of products that are not in registers yet are made and added in one step.
    /// </summary>
    public void Add(Expression value, IReadOnlyList<string> registers, ColumnBlock[] blocks)
    {
        (ColumnBlock Block, string Register)[] all = [.. blocks.Zip(registers)], vectors = [.. all.Where(x => x.Block.Lanes > 1)];
        (ColumnBlock Block, string Register)[] fused = vectors.Length > 0 && IsNewProduct(value, vectors[0].Block) ? vectors : [], others = [.. all.Except(fused)];
        if (fused.Length > 0)
        {
            string[] a = EmitWide(value.Children.First(), value.Row, [.. fused.Select(x => x.Block)]), b = EmitWide(value.Children.Last(), value.Row, [.. fused.Select(x => x.Block)]);
            for (int i = 0; i < fused.Length; i++)
                Text.Line($"{fused[i].Register} = {SimdFunctions.MultiplyAdd(a[i], b[i], fused[i].Register, fused[i].Block)};");
        }
        if (others.Length > 0)
        {
            foreach ((string register, string summand) in others.Select(x => x.Register).Zip(EmitWide(value, value.Row, [.. others.Select(x => x.Block)])))
                Text.Line($"{register} += {summand};");
        }
    }

    /// <summary>True for products that no register holds yet.</summary>
    private bool IsNewProduct(Expression body, ColumnBlock block) => body is Expression.Binary { Kind: BinaryKind.Mul } product
        && !ColumnSelection.Repeats(product.A, product) && !ColumnSelection.Repeats(product.B, product) && !Scopes.Any(s => s.Values.ContainsKey((product, Own(product, product.Row, block))));

    /// <summary>Prints what is stored for an item, into the open scope of its loop.</summary>
    private void StoreItems(LoopVariable items)
    {
        foreach (ItemStore item in ItemStores.Where(s => ReferenceEquals(s.Items, items)).ToArray())
        {
            TensorBuffer target = item.Store.Target;
            foreach (ColumnBlock block in ColumnBlock.OfNumbers(item.Store.Value, target.Type.Row.Heads, lanes))
            {
                string value = Value(item.Store.Value, target.Type.Row, block), address = $"{Address(target, item.Row, target.Type.Row.Size)} + {block.Position(1)}";
                Text.Line(block.Lanes == 1 ? $"*({address}) = {value};" : $"{value}.Store({address});");
            }
            ItemStores.Remove(item);
        }
    }

    /// <summary>Prints loops of their own for the items that no sum of whole rows visited.</summary>
    public void StoreRemainingItems()
    {
        while (ItemStores.Count > 0)
        {
            LoopVariable items = ItemStores[0].Items;
            string pointers = Table(new IndexTable.Pointers(items.Map!)), row = Row(items.Outer!), p = items.Name;
            Open(items);
            StoreItems(items);
            string text = Close();
            using (Text.Open($"for (int {p} = {pointers}[{row}]; {p} < {pointers}[{row} + 1]; {p}++)"))
                Text.Lines(text);
        }
    }

    /// <summary>
    /// Numbers of items that lie side by side are reduced as many at a time as a register holds; those beyond the row are left out. Few are left for
    /// a loop.
    /// </summary>
    private void EmitSideBySide(ItemLoop loop, string result, ColumnBlock block, string last)
    {
        (Expression.Reduce r, int scope, string start, string end) = loop;
        CodeWriter target = Scopes[scope].Text;
        bool sum = r.Kind == ReduceKind.Sum;
        int heads = block.Lanes;
        string p = r.Loop.Name, all = Fresh("v"), type = $"Vector{32 * lanes}", first = sum ? "0f" : "float.NegativeInfinity";
        SimdRowLanes wide = new(this, arguments, r.Loop, lanes, heads);
        string value = wide.Value(r.Body);
        string kept = $"Simd.First({value}, {(heads == 1 ? $"{end} - {p}" : $"({end} - {p}) * {heads}")}, {type}.Create({first}))";
        wide.Text.Line(sum ? $"{all} += {kept};" : $"{all} = {type}.Max({all}, {kept});");
        target.Line($"{type}<float> {all} = {type}.Create({first});");
        using (target.Open($"for (int {p} = {start}; {p} < {end} && {p} + {wide.Rows} <= {last}; {p} += {wide.Rows}, {start} = Math.Min({p}, {end}))"))
            target.Lines(wide.Text.ToString());
        string folded = SimdFunctions.Fold(r.Kind, all, lanes, heads);
        // The maximum over no items is 0.
        target.Line(sum ? $"{result} = {folded};" : $"{result} = {SimdFunctions.Binary(BinaryKind.Max, result, folded, block)};");
    }
}
