using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>
/// The intra-op IR: one loop over rows as plain data. There are two templates: traversal, with a form for rows whose items lie side by side
/// (segments), and GEMM, in a forward form (rows times typed weights) and a weight-gradient form (sums of outer products), whose partial sums a
/// kernel of its own adds. Everything a kernel reads or computes is an <see cref="Expression"/>.
/// </summary>
/// <param name="Name">Its name in text, dumps and profiles.</param>
/// <param name="Row">The loop over its rows.</param>
public abstract record Kernel(string Name, LoopVariable Row)
{
    /// <summary>
    /// The cost of its rows, by which they are dealt out to lanes or groups; what <see cref="RowWork.Of(Kernel)"/> says unless it was set.
    /// </summary>
    public RowWork Work
    {
        get => field ??= RowWork.Of(this);
        init;
    }

    /// <summary>A loop over the rows of a space; each row is computed in registers and stored.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Row">The loop over rows.</param>
    /// <param name="Space">The space of the rows.</param>
    /// <param name="Stores">What is stored for each row.</param>
    /// <param name="IsFlat">True when every load has the shape of the stores or is a constant, so that rows need not be told apart.</param>
    public sealed record Traversal(string Name, LoopVariable Row, Space Space, IReadOnlyList<Store> Stores, bool IsFlat) : Kernel(Name, Row)
    {
        /// <summary>What is stored for each item that a row's loops visit.</summary>
        public IReadOnlyList<ItemStore> ItemStores { get; init; } = [];

        /// <summary>Everything that is stored, for rows and for items.</summary>
        public IEnumerable<Store> AllStores => Stores.Concat(ItemStores.Select(s => s.Store));
    }

    /// <summary>
    /// A loop over the rows of a space whose items lie side by side; statements in order, each storing a number of the row or of every item of the
    /// row. A statement may read what an earlier one stored for the same row.
    /// </summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Row">The loop over rows.</param>
    /// <param name="Space">The space of the rows.</param>
    /// <param name="Items">The loop over the items of a row.</param>
    /// <param name="Statements">What is stored; a target in the items' space is stored for every item.</param>
    public sealed record Segments(string Name, LoopVariable Row, Space Space, LoopVariable Items, IReadOnlyList<Store> Statements) : Kernel(Name, Row)
    {
        /// <summary>True when a statement stores a number for every item.</summary>
        /// <param name="statement">One of the statements.</param>
        public bool IsPerItem(Store statement) => statement.Target.Type.Space == Items.Map!.From;
    }

    /// <summary>store = epilogue(A[row] W[type of row]): rows in the order of their types, one launch for all types.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Row">The loop over rows, in the order of their types.</param>
    /// <param name="Index">The row visited.</param>
    /// <param name="Types">The map from rows to weights.</param>
    /// <param name="A">The left operand; computed into a tile when it is not a plain row of memory.</param>
    /// <param name="Weight">The weights.</param>
    /// <param name="WeightRow">The shape of one weight.</param>
    /// <param name="Transposed">True to multiply by each weight transposed.</param>
    /// <param name="Product">The product that the epilogue refers to.</param>
    /// <param name="Store">The epilogue and its destination.</param>
    public sealed record Gemm(
        string Name, LoopVariable Row, RowIndex Index, IndexMap Types, Expression A, TensorBuffer Weight, RowShape WeightRow, bool Transposed,
        Expression.Product Product, Store Store) : Kernel(Name, Row)
    {
        /// <summary>
        /// Where each worker keeps the transposed weight at hand from one block of rows to the next; null where its rows come in one piece.
        /// </summary>
        public TensorBuffer? Packed { get; init; }

        /// <summary>
        /// True when the products of all heads are added up: one product of rows laid end to end with weights laid one below the other.
        /// </summary>
        public bool SumsHeads => Product.Row.Heads < WeightRow.Heads;

        /// <summary>True when it makes rows again that an earlier kernel has made, and that need no memory in between.</summary>
        public bool IsRepeated { get; init; }
    }

    /// <summary>target[type] = sum over its rows of A[row]^T G[row], as partial sums per share of rows.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Row">The loop over rows.</param>
    /// <param name="Types">The map from rows to sums.</param>
    /// <param name="A">The left operand, I wide.</param>
    /// <param name="G">The right operand, J wide.</param>
    /// <param name="Target">The sums, I x J each.</param>
    /// <param name="Partials">Sums of single shares.</param>
    /// <param name="Besides">The map from the rows of a second kernel with the same target; no sum has rows of both. Null when there is none.</param>
    public sealed record Outer(
        string Name, LoopVariable Row, IndexMap Types, Expression A, Expression G, TensorBuffer Target, TensorBuffer Partials, IndexMap? Besides = null) : Kernel(Name, Row)
    {
        /// <summary>
        /// The map in whose order rows are visited; each share then has a row of <see cref="Partials"/> for every sum. Null for rows in the order of
        /// their sums, two slots for each share.
        /// </summary>
        public IndexMap? Order { get; init; }

        /// <summary>The type of each row, where rows are visited in another order than that of types.</summary>
        public IndexTable RowTypes => Order!.IsIdentity ? new IndexTable.Map(Types) : new IndexTable.Compose(new IndexTable.Map(Types), new IndexTable.Items(Order));

        /// <summary>The shares of its rows.</summary>
        public IndexTable.Shares Shares => new(Work, Order is null ? Partials.FixedRows / 2 : (Partials.Type.Space.Parts?.Count ?? 1), LeastRows);

        /// <summary>How many rows are worth a share of their own.</summary>
        public int LeastRows { get; init; } = 1;

        /// <summary>Which slots belong to which sum, for the kernel that adds them.</summary>
        public IndexTable.Splits Splits => new(Types, Shares, Besides);
    }

    /// <summary>Adds the partial sums of an <see cref="Outer"/> kernel in a fixed order.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Row">The loop over sums.</param>
    /// <param name="Of">The kernel whose partial sums they are.</param>
    public sealed record Combine(string Name, LoopVariable Row, Outer Of) : Kernel(Name, Row);

    /// <summary>How a device walks through it; <see cref="Schedule.Usual"/> unless it was set.</summary>
    public Schedule Schedule { get; init; } = Schedule.Usual;

    /// <summary>The tensors this kernel reads.</summary>
    public IEnumerable<TensorBuffer> Reads => Loads.Select(l => l.Buffer).Concat(this switch
    {
        Gemm g => [g.Weight],
        Combine c => [c.Of.Partials],
        Traversal t => t.Stores.Where(s => s.Adds).Select(s => s.Target),
        _ => Enumerable.Empty<TensorBuffer>(),
    }).Distinct();

    /// <summary>The tensors this kernel writes.</summary>
    public IEnumerable<TensorBuffer> Writes => this switch
    {
        Traversal t => t.AllStores.Select(s => s.Target),
        Segments s => s.Statements.Select(x => x.Target),
        Gemm g => g.Packed is null ? [g.Store.Target] : [g.Store.Target, g.Packed],
        Outer o => [o.Target, o.Partials],
        Combine c => [c.Of.Target],
        _ => [],
    };

    /// <summary>The expressions this kernel evaluates.</summary>
    public IEnumerable<Expression> Expressions => this switch
    {
        Traversal t => t.AllStores.Select(s => s.Value),
        Segments s => s.Statements.Select(x => x.Value),
        Gemm g => [g.A, g.Store.Value],
        Outer o => [o.A, o.G],
        _ => [],
    };

    /// <summary>What its expressions read.</summary>
    public IEnumerable<Expression.Load> Loads => Expressions.SelectMany(e => e.Descendants()).OfType<Expression.Load>();
}
