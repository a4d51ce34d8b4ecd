using System.Globalization;
using System.Text;
using GraphEngine.Ir;

namespace GraphEngine.Kernels;

/// <summary>The stable text form of kernels, for dumps and golden tests: what is computed for a row, and where it goes.</summary>
public static class KernelPrinter
{
    /// <summary>Prints all kernels of a program, in order.</summary>
    /// <param name="program">The program.</param>
    public static string Print(KernelProgram program) => string.Concat(program.Kernels.Select(k => Print(k) + "\n"));

    /// <summary>Prints one kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    public static string Print(Kernel kernel)
    {
        StringBuilder text = new();
        switch (kernel)
        {
            case Kernel.Traversal t:
                text.Append(CultureInfo.InvariantCulture, $"{(t.IsFlat ? "flat" : "rows")} {t.Space} {t.Row.Name}:");
                foreach (Store store in t.Stores)
                    text.Append(CultureInfo.InvariantCulture, $"\n  {store.Target} : {store.Target.Type} = {Text(store.Value)}");
                break;
            case Kernel.Gemm g:
                text.Append(CultureInfo.InvariantCulture, $"gemm {g.Types.From} {g.Row.Name} by {g.Types}:");
                text.Append(CultureInfo.InvariantCulture, $"\n  product = {Text(g.A)} x {g.Weight}[{g.WeightRow}]{(g.Transposed ? "^T" : "")}");
                text.Append(CultureInfo.InvariantCulture, $"\n  {g.Store.Target} : {g.Store.Target.Type} = {Text(g.Store.Value)}");
                break;
            case Kernel.Outer o:
                text.Append(CultureInfo.InvariantCulture, $"outer {o.Types.From} {o.Row.Name} by {o.Types}:");
                text.Append(CultureInfo.InvariantCulture, $"\n  {o.Target} : {o.Target.Type} += {Text(o.A)} ^T {Text(o.G)}");
                break;
            case Kernel.Combine c:
                text.Append(CultureInfo.InvariantCulture, $"combine {c.Of.Target} of {c.Of.Partials.FixedRows} partial sums");
                break;
        }
        return text.ToString();
    }

    /// <summary>The text of a table.</summary>
    /// <param name="table">The table.</param>
    public static string Describe(IndexTable table) => table switch
    {
        IndexTable.Map m => m.Of.Name,
        IndexTable.Items i => $"items of {i.Of.Name}",
        IndexTable.Pointers p => $"pointers of {p.Of.Name}",
        IndexTable.Compose c => $"{Describe(c.Outer)} at {Describe(c.Inner)}",
        IndexTable.Shares s => $"shares of {s.Work.Rows}",
        IndexTable.FirstSegments f => $"first {f.Of.Name} of each share",
        IndexTable.Splits s => $"partial sums of {s.Of.Name}",
        IndexTable.Tiles t => $"tiles of {t.TileRows} rows by {t.Of.Name}",
        _ => table.ToString(),
    };

    private static string Text(Expression e) => e switch
    {
        Expression.Constant c => c.Value.ToString("R", CultureInfo.InvariantCulture),
        Expression.Load l => $"{l.Buffer}[{Text(l.Index)}]",
        Expression.Product => "product",
        Expression.InverseDegree d => $"inverse_degree<{d.Map}>[{Text(d.Index)}]",
        Expression.Unary u => $"{ProgramPrinter.Describe(new Op.Unary(u.Kind, u.Parameter))}({Text(u.X)})",
        Expression.Binary b => $"{ProgramPrinter.Describe(new Op.Binary(b.Kind))}({Text(b.A)}, {Text(b.B)})",
        Expression.Dropout d => string.Create(CultureInfo.InvariantCulture, $"dropout<{d.Rate:R}, {d.Stream}>({Text(d.X)})"),
        Expression.Reduce r => $"{ProgramPrinter.Describe(new Op.Reduce(r.Loop.Map!, r.Kind))}[{Text(r.Loop.Outer!)}]({r.Loop.Name}: {Text(r.Body)})",
        Expression.ReduceColumns r => $"{ProgramPrinter.Describe(new Op.ReduceColumns(r.Kind))}({Text(r.X)})",
        Expression.SumHeads s => $"sum_heads({Text(s.X)})",
        Expression.Pick p => $"pick({Text(p.X)}, {Text(p.Column)})",
        Expression.OneHot o => $"one_hot({Text(o.Column)})",
        Expression.Expand x => $"expand<{x.Row}>({Text(x.X)})",
        Expression.Concat c => $"concat({Text(c.A)}, {Text(c.B)})",
        Expression.Slice s => $"slice<{s.Start}, {s.Count}>({Text(s.X)})",
        _ => throw new IrException($"The expression {e.GetType().Name} has no text form."),
    };

    private static string Text(RowIndex index) =>
        index.Loop is null ? "0" : index.Table is null ? index.Loop.Name : $"{Describe(index.Table)} at {index.Loop.Name}";
}
