using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>Checks kernels after lowering; a failure names the kernel and what is wrong with it.</summary>
public static class KernelVerifier
{
    /// <summary>
    /// Checks that every tensor is read and written by rows of its own space and shape, that loops lie inside the loops they belong to, that products
    /// fit their weights, that temporaries are written before they are read and persistent tensors read before they are written, that launches are in
    /// order, that what is stored for items is stored in a loop over the items of the rows, and that kernels of a loop visit the same rows and
    /// nothing else needs a tensor of which only a block is kept.
    /// </summary>
    /// <param name="program">The program.</param>
    /// <exception cref="IrException">Something is wrong.</exception>
    public static void Verify(KernelProgram program)
    {
        if (program.Launches.Count != program.Kernels.Count || program.Launches.Zip(program.Launches.Skip(1)).Any(l => l.Second < l.First || l.Second > l.First + 1))
            throw new IrException($"After lowering: {program.Kernels.Count} kernels are in launches {string.Join(", ", program.Launches)}, which is no order.");
        HashSet<TensorBuffer> written = [];
        foreach (IGrouping<int, Kernel> launch in program.Kernels.Zip(program.Launches).GroupBy(k => k.Second, k => k.First))
        {
            Kernel[] beside = [.. launch];
            for (int k = 0; k < beside.Length; k++)
            {
                VerifyShapes(beside[k]);
                VerifyOrder(beside, k, written);
            }
            written.UnionWith(launch.SelectMany(k => k.Writes));
        }
        VerifyLoops(program);
        foreach ((string name, TensorBuffer output) in program.Outputs)
        {
            if (output.Window is not null || (output.IsPersistent ? written.Contains(output) : !written.Contains(output)))
                throw new IrException($"After lowering: the output '{name}' is in {output}, which {(output.IsPersistent ? "has changed" : "is not kept")} when the program has run.");
        }
    }

    /// <summary>Kernels of a loop deal out the same rows in one launch; what is kept of a tensor is of use to them alone.</summary>
    private static void VerifyLoops(KernelProgram program)
    {
        foreach (FusedLoop loop in program.Loops)
        {
            for (int k = loop.First + 1; k < loop.End; k++)
                Check(program.Launches[k] == program.Launches[loop.First] && SharesRows(program.Kernels[loop.First], program.Kernels[k]), program.Kernels[k], $"does not visit the rows of {program.Kernels[loop.First].Name}");
        }
        Dictionary<TensorBuffer, FusedLoop?> loopOf = [];
        for (int k = 0; k < program.Kernels.Count; k++)
        {
            FusedLoop? loop = program.Loops.FirstOrDefault(l => l.First <= k && k < l.End);
            foreach (TensorBuffer buffer in program.Kernels[k].Reads.Concat(program.Kernels[k].Writes).Where(b => b.Window is not null))
            {
                bool isOwn = RowAccess.ReadsOwnRow(program.Kernels[k], buffer) && RowAccess.WritesOwnRow(program.Kernels[k], buffer);
                Check(loop is not null && loop.BlockRows == buffer.Window!.Rows && loopOf.GetValueOrDefault(buffer, loop) == loop && isOwn, program.Kernels[k], $"needs more of {buffer} than the rows at hand");
                loopOf[buffer] = loop;
            }
        }
    }

    /// <summary>
    /// Statements may read what earlier ones of the same kernel wrote, and a kernel its own rows of what the same worker wrote just before.
    /// </summary>
    private static void VerifyOrder(Kernel[] launch, int position, HashSet<TensorBuffer> written)
    {
        Kernel kernel = launch[position];
        foreach (TensorBuffer read in kernel.Reads)
        {
            int[] writers = [.. Enumerable.Range(0, launch.Length).Where(k => k != position && launch[k].Writes.Contains(read))];
            if (read.IsPersistent)
            {
                Check(!written.Contains(read) && writers.Length == 0, kernel, $"reads {read} after it has changed");
                continue;
            }
            Check(written.Contains(read) || writers.Length > 0 || (kernel is Kernel.Segments && kernel.Writes.Contains(read)), kernel, $"reads {read} before it is written");
            bool isAtHand = writers.All(w => w < position && SharesRows(launch[w], kernel) && RowAccess.WritesOwnRow(launch[w], read)) && RowAccess.ReadsOwnRow(kernel, read);
            Check(writers.Length == 0 || isAtHand, kernel, $"reads {read} while it is written");
        }
        if (kernel is Kernel.Segments segments)
            VerifyStatements(segments);
    }

    /// <summary>A statement reads of what its kernel stores nothing but the own row, or its items, of earlier statements.</summary>
    private static void VerifyStatements(Kernel.Segments kernel)
    {
        HashSet<TensorBuffer> later = [.. kernel.Statements.Select(s => s.Target)], stored = [.. later];
        RowIndex row = new(kernel.Row, null);
        foreach (Store statement in kernel.Statements)
        {
            foreach (Expression.Load load in statement.Value.Descendants().OfType<Expression.Load>().Where(l => stored.Contains(l.Buffer)))
            {
                LoopVariable? loop = load.Index.Loop;
                bool isOwn = load.Index == row || (loop is not null && loop.Map == kernel.Items.Map && loop.Outer == row && load.Index == RowIndex.ItemOf(loop));
                Check(isOwn && !later.Contains(load.Buffer), kernel, $"reads {load.Buffer} before it is written");
            }
            later.Remove(statement.Target);
        }
    }

    private static bool SharesRows(Kernel writer, Kernel reader) => writer is not Kernel.Combine && reader is not Kernel.Combine && writer.Work == reader.Work;

    private static void VerifyShapes(Kernel kernel)
    {
        switch (kernel)
        {
            case Kernel.Traversal t:
                foreach (Store store in t.Stores)
                    VerifyStore(t, store, store.At is null ? t.Space : SpaceOf(t, store.Row(new RowIndex(t.Row, null)), []));
                foreach (ItemStore item in t.ItemStores)
                    VerifyItems(t, item);
                break;
            case Kernel.Segments s:
                Check(s.Items.Map?.To == s.Space && s.Items.Map.IsSorted, s, $"visits the items of {s.Items.Map}, which do not lie side by side for {s.Space}");
                foreach (Store statement in s.Statements)
                    VerifyStore(s, statement, s.IsPerItem(statement) ? s.Items.Map!.From : s.Space, s.Items);
                break;
            case Kernel.Gemm g:
                (int inner, int outer) = g.Transposed ? (g.WeightRow.Columns, g.WeightRow.Rows) : (g.WeightRow.Rows, g.WeightRow.Columns);
                Check(g.A.Row.Columns == inner && g.Product.Row.Columns == outer, g, $"multiplies {g.A.Row} by {g.WeightRow}{(g.Transposed ? " transposed" : "")} to {g.Product.Row}");
                Check(g.SumsHeads ? g.Product.Row.Heads == 1 && g.A.Row.Heads == g.WeightRow.Heads : g.Product.Row.Heads == Math.Max(g.A.Row.Heads, g.WeightRow.Heads), g, $"makes {g.Product.Row} of {g.A.Row} and {g.WeightRow}");
                Check(TypeRules.FitParts(new TensorType(g.Types.To, g.WeightRow), g.Weight.Type), g, $"reads {g.Weight.Type} as weights of {g.Types.To}");
                VerifyValue(g, g.A, new Scope([]));
                VerifyStore(g, g.Store, g.Types.From);
                break;
            case Kernel.Outer o:
                Check(TypeRules.FitParts(new TensorType(o.Types.To, o.Target.Type.Row), o.Target.Type), o, $"sums by {o.Types} into {o.Target.Type}");
                Check(o.A.Row.HeadSize * o.G.Row.HeadSize == o.Target.Type.Row.HeadSize, o, $"multiplies {o.A.Row} and {o.G.Row} to {o.Target.Type.Row}");
                VerifyValue(o, o.A, new Scope([]));
                VerifyValue(o, o.G, new Scope([]));
                break;
        }
    }

    private static void VerifyStore(Kernel kernel, Store store, Space rows, params LoopVariable[] open)
    {
        Check(TypeRules.FitParts(new TensorType(rows, store.Value.Row), store.Target.Type), kernel, $"stores rows of {rows}[{store.Value.Row}] in {store.Target} : {store.Target.Type}");
        VerifyValue(kernel, store.Value, new Scope([.. open]));
    }

    private static void VerifyItems(Kernel.Traversal kernel, ItemStore item)
    {
        Check(item.Items.Map?.To == kernel.Space && item.Items.Outer == new RowIndex(kernel.Row, null), kernel, $"visits the items of {item.Items.Map}, which are not those of its rows");
        Check(kernel.Stores.Any(s => s.Value.Descendants().Any(e => e is Expression.Reduce r && ReferenceEquals(r.Loop, item.Items))), kernel, $"has no loop {item.Items.Name} to store {item.Store.Target} in");
        VerifyStore(kernel, item.Store, SpaceOf(kernel, item.Row, [item.Items]), item.Items);
    }

    private static void VerifyValue(Kernel kernel, Expression value, Scope scope)
    {
        // Shared parts are looked at once within the same loops.
        if (!scope.Seen.Add(value))
            return;
        HashSet<LoopVariable> open = scope.Open;
        switch (value)
        {
            case Expression.Load load:
                Space space = SpaceOf(kernel, load.Index, open);
                Check(TypeRules.FitParts(new TensorType(space, load.Row), load.Buffer.Type), kernel, $"reads rows of {space}[{load.Row}] from {load.Buffer} : {load.Buffer.Type}");
                break;
            case Expression.InverseDegree degree:
                Check(SpaceOf(kernel, degree.Index, open) == degree.Map.To, kernel, $"asks for the degree of a row of {degree.Map.To} by another index");
                break;
            case Expression.Pick pick:
                SpaceOf(kernel, pick.Column, open);
                break;
            case Expression.OneHot oneHot:
                SpaceOf(kernel, oneHot.Column, open);
                break;
            case Expression.Precedes precedes:
                Check(SpaceOf(kernel, precedes.First, open) == SpaceOf(kernel, precedes.Second, open), kernel, "compares rows of two spaces");
                break;
            case Expression.Dropout dropout:
                SpaceOf(kernel, dropout.Index, open);
                break;
            case Expression.Binary binary:
                Check(binary.A.Row.Broadcast(binary.B.Row) == binary.Row, kernel, $"combines {binary.A.Row} and {binary.B.Row} to {binary.Row}");
                break;
            case Expression.Product:
                Check(kernel is Kernel.Gemm, kernel, "has no product, but refers to one");
                break;
            case Expression.Reduce reduce:
                Check(reduce.Loop.Map is IndexMap map && SpaceOf(kernel, reduce.Loop.Outer!, open) == map.To, kernel, $"sums along {reduce.Loop.Map} for a row of another space");
                scope = scope.Within(reduce.Loop);
                break;
        }
        foreach (Expression child in value.Children)
            VerifyValue(kernel, child, scope);
    }

    /// <summary>The space whose rows an index gives.</summary>
    private static Space SpaceOf(Kernel kernel, RowIndex index, HashSet<LoopVariable> open)
    {
        if (index.Loop is not LoopVariable loop)
            return Space.One;
        bool isRow = ReferenceEquals(loop, kernel.Row);
        Check(isRow || open.Contains(loop), kernel, $"uses the loop {loop.Name} outside of it");
        // The positions of a loop are rows of a space, or the rows of one in the order of a map.
        IndexMap? order = !isRow ? loop.Map : kernel is Kernel.Gemm g ? g.Types : kernel is Kernel.Outer o ? o.Order ?? o.Types : null;
        Space? Positions() => order is null ? (kernel as Kernel.Traversal)?.Space ?? (kernel as Kernel.Segments)?.Space : order.IsSorted ? order.From : null;
        Space? Through(IndexTable? table) => table switch
        {
            null => Positions(),
            IndexTable.Map m => Positions() == m.Of.From ? m.Of.To : null,
            IndexTable.Items i => i.Of == order || i.Of.From == Positions() ? i.Of.From : null,
            IndexTable.Compose { Outer: IndexTable.Map m } c => Through(c.Inner) == m.Of.From ? m.Of.To : null,
            _ => null,
        };
        return Through(index.Table) ?? throw Failure(kernel, $"reads a row by {index.Table?.Describe() ?? "its position"} in the loop {loop.Name}, which does not lead there");
    }

    /// <summary>
    /// The loops that are open, and what was looked at inside them; parts are told apart as objects, since comparing their contents would walk
    /// through shared parts again and again.
    /// </summary>
    private sealed class Scope(HashSet<LoopVariable> open)
    {
        private readonly Dictionary<LoopVariable, Scope> _inner = new(ReferenceEqualityComparer.Instance);

        public HashSet<LoopVariable> Open => open;

        public HashSet<Expression> Seen { get; } = new(ReferenceEqualityComparer.Instance);

        public Scope Within(LoopVariable loop)
        {
            if (!_inner.TryGetValue(loop, out Scope? scope))
                _inner[loop] = scope = new Scope([.. open, loop]);
            return scope;
        }
    }

    private static void Check(bool holds, Kernel kernel, string what)
    {
        if (!holds)
            throw Failure(kernel, what);
    }

    private static IrException Failure(Kernel kernel, string what) => new($"After lowering: the kernel {kernel.Name} {what}.\n{KernelPrinter.Print(kernel)}");
}
