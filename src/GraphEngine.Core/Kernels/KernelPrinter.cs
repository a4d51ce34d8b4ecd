using System.Globalization;
using System.Text;
using GraphEngine.Ir;

namespace GraphEngine.Kernels;

/// <summary>
/// The stable text form of kernels: what each launch loops over, reads, computes and stores. Shared parts of an expression get a name.
/// </summary>
public static class KernelPrinter
{
    /// <summary>Prints all kernels in order, by launch.</summary>
    /// <param name="program">The program.</param>
    public static string Print(KernelProgram program)
    {
        string Heading(int k)
        {
            string launch = k == 0 || program.Launches[k] != program.Launches[k - 1] ? $"launch {program.Launches[k]}\n\n" : "";
            return program.Loops.FirstOrDefault(l => l.First == k) is FusedLoop loop ? launch + Print(program, loop) : launch;
        }

        return string.Join("\n", program.Kernels.Select((kernel, k) => Heading(k) + Print(kernel)));
    }

    /// <summary>Prints one kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    public static string Print(Kernel kernel)
    {
        Writer writer = new();
        switch (kernel)
        {
            case Kernel.Traversal t:
                writer.Line($"traversal {t.Name}: {t.Row.Name} over {t.Space}{(t.IsFlat ? ", flat" : "")}");
                foreach (Store store in t.Stores)
                    writer.Line($"  {store.Target}[{Writer.Text(store.Row(new RowIndex(t.Row, null)))}] {(store.Adds ? "+=" : "=")} {writer.Text(store.Value)} : {store.Target.Type}");
                foreach (ItemStore item in t.ItemStores)
                    writer.Line($"  {item.Store.Target}[{Writer.Text(item.Row)}] = {writer.Text(item.Store.Value)} for {item.Items.Name} in {item.Items.Map} : {item.Store.Target.Type}");
                break;
            case Kernel.Segments s:
                writer.Line($"segments {s.Name}: {s.Row.Name} over {s.Space}, {s.Items.Name} over its {s.Items.Map}");
                foreach (Store store in s.Statements)
                    writer.Line($"  {store.Target}[{(s.IsPerItem(store) ? s.Items.Name : s.Row.Name)}] = {writer.Text(store.Value)} : {store.Target.Type}");
                break;
            case Kernel.Gemm g:
                writer.Line($"gemm {g.Name}: {g.Row.Name} over {g.Types.From} by {g.Types}{(g.IsRepeated ? ", made again" : "")}");
                writer.Line($"  product = {(g.SumsHeads ? "heads of " : "")}{writer.Text(g.A)} @ {g.Weight}[{g.Types}]{(g.Transposed ? "^T" : "")} : {g.WeightRow}");
                writer.Line($"  {g.Store.Target}[{Writer.Text(g.Index)}] = {writer.Text(g.Store.Value)} : {g.Store.Target.Type}");
                break;
            case Kernel.Outer o:
                writer.Line($"outer {o.Name}: {o.Row.Name} over {o.Types.From} by {o.Types}{(o.Order is null ? "" : $", in the order of {o.Order}")}");
                writer.Line($"  {o.Target}[{o.Types}] += {writer.Text(o.A)}^T @ {writer.Text(o.G)} : {o.Target.Type}, partial sums in {o.Partials}{(o.Besides is null ? "" : $", beside those by {o.Besides}")}");
                break;
            case Kernel.Combine c:
                writer.Line($"combine {c.Name}: partial sums of {c.Of.Name} into {c.Of.Target}");
                break;
            default:
                throw new IrException($"The kernel {kernel.GetType().Name} has no text form.");
        }
        return writer.ToString();
    }

    private static string Print(KernelProgram program, FusedLoop loop)
    {
        Kernel[] kernels = [.. program.Kernels.Skip(loop.First).Take(loop.Count)];
        TensorBuffer[] windows = [.. kernels.SelectMany(k => k.Writes).Distinct().Where(b => b.Window is not null)];
        string kept = windows.Length == 0 ? "" : $"; blocks alone of {string.Join(", ", windows.AsEnumerable())}";
        return string.Create(CultureInfo.InvariantCulture, $"{loop.Count} kernels over {kernels[0].Work.Rows}, {loop.BlockRows} rows at a time{kept}\n\n");
    }

    private sealed class Writer
    {
        private readonly StringBuilder _text = new();
        private readonly Dictionary<Expression, string> _names = new(ReferenceEqualityComparer.Instance);

        public void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        public static string Text(RowIndex index) => index switch
        {
            { Loop: null } => "0",
            { Table: null } => index.Loop.Name,
            _ => $"{Text(index.Table)}[{index.Loop.Name}]",
        };

        public string Text(Expression e)
        {
            // A part that was printed before is referred to by its number; leaves are short enough to repeat.
            if (_names.TryGetValue(e, out string? name))
                return name;
            string text = Plain(e);
            if (!e.Children.Any())
                return text;
            name = $"${_names.Count}";
            _names[e] = name;
            Line($"  {name} = {text} : {e.Row}");
            return name;
        }

        private string Plain(Expression e) => e switch
        {
            Expression.Constant c => c.Value.ToString("R", CultureInfo.InvariantCulture),
            Expression.Load l => $"{l.Buffer}[{Text(l.Index)}]",
            Expression.Product => "product",
            Expression.InverseDegree d => $"inverse_degree<{d.Map}>[{Text(d.Index)}]",
            Expression.Unary u => $"{KindNames.Of(u.Kind, u.Parameter)}({Text(u.X)})",
            Expression.Binary b => $"{KindNames.Of(b.Kind)}({Text(b.A)}, {Text(b.B)})",
            Expression.Dropout d => string.Create(CultureInfo.InvariantCulture, $"dropout<{d.Rate:R}, {d.Stream}>({Text(d.X)}){(d.Index.Table is null ? "" : $"[{Text(d.Index)}]")}"),
            Expression.Reduce r => $"{KindNames.Of(r.Kind)} over {r.Loop.Name} in {r.Loop.Map}({Text(r.Body)})",
            Expression.ReduceColumns r => $"{KindNames.Of(r.Kind)}_columns({Text(r.X)})",
            Expression.SumHeads s => $"sum_heads({Text(s.X)})",
            Expression.Pick p => $"{Text(p.X)}[{Text(p.Column)}]",
            Expression.OneHot h => $"one_hot[{Text(h.Column)}]",
            Expression.ColumnNumbers c => $"column_numbers<{c.Count}>",
            Expression.Precedes p => $"precedes({Text(p.A)} at {Text(p.First)}, {Text(p.B)} at {Text(p.Second)})",
            Expression.Expand x => $"expand({Text(x.X)})",
            Expression.Concat c => $"concat({Text(c.A)}, {Text(c.B)})",
            Expression.Slice s => $"slice<{s.Start}, {s.Count}>({Text(s.X)})",
            _ => throw new IrException($"The expression {e.GetType().Name} has no text form."),
        };

        private static string Text(IndexTable table) => table switch
        {
            IndexTable.Map m => m.Of.Name,
            IndexTable.Items i => $"items<{i.Of}>",
            IndexTable.Pointers p => $"pointers<{p.Of}>",
            IndexTable.Degrees d => $"degrees<{d.Of}>",
            IndexTable.Compose c => $"{Text(c.Outer)}.{Text(c.Inner)}",
            _ => table.GetType().Name.ToLowerInvariant(),
        };

        public override string ToString() => _text.ToString();
    }
}
