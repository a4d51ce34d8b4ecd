using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>
/// The work that no implementation of a kernel can avoid. Bytes: every row of a tensor that is read counts once and every row written counts once, as
/// if caches were endless, and every index table counts once. Kernels that visit rows together find what another one of them read or wrote at the
/// same row; rows of which only those at hand are kept never reach memory. Operations: 2 K N for each row of a GEMM or an outer product; elsewhere
/// one for each element of each arithmetic expression, as often as the loop around it turns.
/// </summary>
/// <param name="Bytes">Compulsory bytes.</param>
/// <param name="Flops">Floating-point operations.</param>
public sealed record KernelCost(long Bytes, long Flops)
{
    /// <summary>The costs of all launches of a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="topology">The graph it runs on.</param>
    public static IReadOnlyList<KernelCost> Of(KernelProgram program, Topology topology)
    {
        IndexTables tables = new(topology);
        KernelCost[] costs = new KernelCost[program.Kernels.Count];
        HashSet<(TensorBuffer, IndexTable?)> atHand = [];
        for (int k = 0; k < costs.Length; k++)
        {
            if (!program.Loops.Any(l => l.First < k && k < l.End))
                atHand = [];
            costs[k] = new Counter(topology, tables, program.Kernels[k], atHand).Count();
        }
        return costs;
    }

    /// <summary>The shortest time on a device with these peaks, in milliseconds: the roofline of Williams et al., CACM 52(4), 2009.</summary>
    /// <param name="bandwidthGBs">Bytes moved, in 1e9 per second.</param>
    /// <param name="gflops">Operations, in 1e9 per second.</param>
    public double BoundMilliseconds(double bandwidthGBs, double gflops) => Math.Max(Bytes / bandwidthGBs, Flops / gflops) * 1e-6;

    private sealed class Counter(Topology topology, IndexTables tables, Kernel kernel, HashSet<(TensorBuffer, IndexTable?)> atHand)
    {
        private readonly HashSet<(TensorBuffer, IndexTable?)> _visited = [];
        // A tensor may be read as rows of another size, such as those of its matrices.
        private readonly Dictionary<(TensorBuffer Buffer, int RowSize), bool[]> _read = [];
        private readonly HashSet<IndexTable> _indices = [];
        private readonly HashSet<Expression> _seen = new(ReferenceEqualityComparer.Instance);
        private readonly int _rows = topology.Count(RowSpace(kernel));
        private long _flops;

        public KernelCost Count()
        {
            foreach (Expression expression in kernel.Expressions)
                Visit(expression, ItemsOf(expression) is IndexMap items ? topology.Count(items.From) : _rows);
            long written = kernel switch
            {
                Kernel.Traversal t => t.Stores.Sum(s => CountStore(s, _rows)) + t.ItemStores.Sum(s => CountStore(s.Store, topology.Count(s.Items.Map!.From))),
                Kernel.Segments s => s.Statements.Sum(x => Bytes(x.Target, RowsOf(x.Target))),
                Kernel.Gemm g => CountGemm(g),
                Kernel.Outer o => CountOuter(o),
                Kernel.Combine c => CountCombine(c),
                _ => 0,
            };
            atHand.UnionWith(_visited);
            atHand.UnionWith(kernel.Writes.Select(b => (b, (IndexTable?)null)));
            // What a kernel stored itself a moment ago is still at hand.
            bool IsAtHand(TensorBuffer buffer) => kernel is Kernel.Segments && kernel.Writes.Contains(buffer);
            long read = _read.Where(r => !IsAtHand(r.Key.Buffer)).Sum(r => (long)r.Value.Count(isRead => isRead) * r.Key.RowSize * sizeof(float)), indices = _indices.Sum(t => (long)tables[t].Length * sizeof(int));
            return new KernelCost(read + written + indices, _flops);
        }

        private static Space RowSpace(Kernel kernel) => kernel switch
        {
            Kernel.Traversal t => t.Space,
            Kernel.Segments s => s.Space,
            Kernel.Gemm g => g.Types.From,
            Kernel.Outer o => o.Types.From,
            Kernel.Combine c => c.Of.Types.To,
            _ => Space.One,
        };

        /// <summary>The map whose items a value is made for, one by one; null for values of rows.</summary>
        private IndexMap? ItemsOf(Expression value) => kernel switch
        {
            Kernel.Segments s when s.Statements.Any(x => ReferenceEquals(x.Value, value) && s.IsPerItem(x)) => s.Items.Map,
            Kernel.Traversal t => t.ItemStores.FirstOrDefault(s => ReferenceEquals(s.Store.Value, value))?.Items.Map,
            _ => null,
        };

        private long CountStore(Store store, int times)
        {
            if (store.At is IndexTable table)
                _indices.Add(table);
            return Bytes(store.Target, store.Adds ? RowsOf(store.Target) : times);
        }

        private long CountGemm(Kernel.Gemm gemm)
        {
            _flops += 2L * _rows * gemm.WeightRow.HeadSize * Math.Max(gemm.WeightRow.Heads, gemm.A.Row.Heads);
            Mark(gemm.Weight, gemm.WeightRow.Size, topology.Indices(gemm.Types));
            CountTypes(gemm.Types);
            Follow(gemm.Index);
            return Bytes(gemm.Store.Target, _rows);
        }

        private long CountOuter(Kernel.Outer outer)
        {
            _flops += 2L * _rows * outer.Target.Type.Row.Size;
            if (outer.Order is not null)
            {
                _indices.Add(outer.RowTypes);
                return Bytes(outer.Partials, RowsOf(outer.Partials));
            }
            CountTypes(outer.Types);
            return Bytes(outer.Target, RowsOf(outer.Target));
        }

        /// <summary>Only sums that lie across the border of two shares are combined: at most as many as there are partial sums.</summary>
        private long CountCombine(Kernel.Combine combine)
        {
            int partials = RowsOf(combine.Of.Partials);
            _flops += (long)partials * combine.Of.Target.Type.Row.Size;
            return Bytes(combine.Of.Partials, partials) + Bytes(combine.Of.Target, Math.Min(partials, _rows));
        }

        private void CountTypes(IndexMap types)
        {
            if (types.To != Space.One)
                _indices.Add(new IndexTable.Pointers(types));
        }

        /// <summary>Counts an expression that is evaluated a number of times, each shared part once.</summary>
        private void Visit(Expression expression, long times)
        {
            if (!_seen.Add(expression))
                return;
            switch (expression)
            {
                case Expression.Load load:
                    Read(load);
                    break;
                case Expression.InverseDegree degree:
                    _indices.Add(degree.Degrees);
                    _flops += times;
                    break;
                case Expression.Pick pick:
                    Follow(pick.Column);
                    break;
                case Expression.OneHot oneHot:
                    Follow(oneHot.Column);
                    break;
                case Expression.Dropout dropout:
                    Follow(dropout.Index);
                    _flops += times * expression.Row.Size;
                    break;
                case Expression.Unary or Expression.Binary or Expression.Precedes:
                    _flops += times * expression.Row.Size;
                    break;
                case Expression.ReduceColumns or Expression.SumHeads:
                    _flops += times * expression.Children.Sum(x => x.Row.Size);
                    break;
                case Expression.Reduce reduce:
                    times = Turns(reduce.Loop, times);
                    _indices.Add(new IndexTable.Pointers(reduce.Loop.Map!));
                    _flops += times * reduce.Row.Size;
                    break;
            }
            foreach (Expression child in expression.Children)
                Visit(child, times);
        }

        /// <summary>How often the body of an inner loop runs in all.</summary>
        private long Turns(LoopVariable loop, long times)
        {
            int[] pointers = topology.Inverse(loop.Map!).Pointers;
            if (loop.Outer!.Loop is not LoopVariable around)
                return times * pointers[1];
            long turns = 0;
            int[]? table = loop.Outer.Table is IndexTable t ? tables[t] : null;
            for (int p = 0; p < Positions(around); p++)
            {
                int row = table is null ? p : table[p];
                turns += pointers[row + 1] - pointers[row];
            }
            return turns;
        }

        private int Positions(LoopVariable loop) => loop.Map is null ? _rows : topology.Count(loop.Map.From);

        private void Read(Expression.Load load)
        {
            Follow(load.Index);
            if (ReferenceEquals(load.Index.Loop, kernel.Row))
            {
                _visited.Add((load.Buffer, load.Index.Table));
                if (atHand.Contains((load.Buffer, load.Index.Table)))
                    return;
            }
            if (load.Index.Table is IndexTable table)
            {
                Mark(load.Buffer, load.Row.Size, tables[table]);
                return;
            }
            bool[] read = Rows(load.Buffer, load.Row.Size);
            read.AsSpan(0, Math.Min(read.Length, load.Index.Loop is null ? 1 : Positions(load.Index.Loop))).Fill(true);
        }

        private void Mark(TensorBuffer buffer, int rowSize, int[] rows)
        {
            bool[] read = Rows(buffer, rowSize);
            foreach (int row in rows)
                read[row] = true;
        }

        private void Follow(RowIndex index)
        {
            if (index.Table is not null)
                _indices.Add(index.Table);
        }

        private bool[] Rows(TensorBuffer buffer, int rowSize)
        {
            if (!_read.TryGetValue((buffer, rowSize), out bool[]? rows))
                _read[(buffer, rowSize)] = rows = new bool[(long)RowsOf(buffer) * buffer.Type.Row.Size / rowSize];
            return rows;
        }

        private int RowsOf(TensorBuffer buffer) => buffer.RowsIn(topology.Count(buffer.Type.Space));

        private static long Bytes(TensorBuffer buffer, int rows) => buffer.Window is null ? (long)rows * buffer.Type.Row.Size * sizeof(float) : 0;
    }
}
