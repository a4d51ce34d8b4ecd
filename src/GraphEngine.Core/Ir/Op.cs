using GraphEngine.Spaces;

namespace GraphEngine.Ir;

/// <summary>
/// What a node computes, apart from its operands. The set is closed: the gradient table, the interpreter, the printer and the
/// lowering each have one case per record below. Notation: x[i] is row i of operand x, m an index map A -> B.
/// </summary>
public abstract record Op
{
    private Op()
    {
    }

    /// <summary>A named tensor from outside the program.</summary>
    /// <param name="Name">Unique within a program.</param>
    /// <param name="Type">Its type.</param>
    /// <param name="Role">Data, parameter or state.</param>
    /// <param name="Init">First values of a parameter or state.</param>
    public sealed record Leaf(string Name, TensorType Type, LeafRole Role, Initializer Init) : Op;

    /// <summary>A number in <see cref="Space.One"/>; in double precision, so that folding loses nothing a kernel would have.</summary>
    /// <param name="Value">The number.</param>
    public sealed record Constant(double Value) : Op;

    /// <summary>1 / max(1, number of rows that <paramref name="Map"/> sends to row i): a scalar on the map's target space.</summary>
    /// <param name="Map">The map.</param>
    public sealed record InverseDegree(IndexMap Map) : Op;

    /// <summary>f(x), element by element.</summary>
    /// <param name="Kind">The function.</param>
    /// <param name="Parameter">Its parameter, where it has one.</param>
    public sealed record Unary(UnaryKind Kind, float Parameter = 0) : Op;

    /// <summary>f(a, b), element by element; heads, matrix rows, columns and the space <see cref="Space.One"/> broadcast.</summary>
    /// <param name="Kind">The function.</param>
    public sealed record Binary(BinaryKind Kind) : Op;

    /// <summary>
    /// x / (1 - rate) where a counter-based random number is at least rate, else 0. Operands x, seed, step (both scalars in One). The mask is a
    /// function of (seed, step, stream, element), so that the backward program recomputes it by applying the same op to the gradient.
    /// </summary>
    /// <param name="Rate">The share of elements dropped.</param>
    /// <param name="Stream">Distinguishes the dropouts of one program.</param>
    /// <param name="Rows">The rows whose random numbers are drawn, where x has only some of them; null for its own.</param>
    public sealed record Dropout(float Rate, int Stream, IndexMap? Rows = null) : Op;

    /// <summary>x passed on, with no gradient.</summary>
    public sealed record Detach : Op;

    /// <summary>
    /// The gradient of operand 0, a scalar in <see cref="Space.One"/>, with respect to operand 1, a leaf; the <see cref="Passes.Differentiate"/> pass
    /// writes it out. Until then the program that is differentiated can be put in a better form, and its gradients follow.
    /// </summary>
    public sealed record Gradient : Op;

    /// <summary>y[a] = x[m(a)]</summary>
    /// <param name="Map">The map m.</param>
    public sealed record Gather(IndexMap Map) : Op;

    /// <summary>y[b] = reduction of x[a] over all a with m(a) = b</summary>
    /// <param name="Map">The map m.</param>
    /// <param name="Kind">Sum or maximum.</param>
    public sealed record Reduce(IndexMap Map, ReduceKind Kind) : Op;

    /// <summary>
    /// y[m(i)] = a[i] and y[n(j)] = b[j], where m and n reach every row of their common target space exactly once between them. Operands a and b.
    /// </summary>
    /// <param name="First">The map m.</param>
    /// <param name="Second">The map n.</param>
    public sealed record Union(IndexMap First, IndexMap Second) : Op;

    /// <summary>y[a] = exp(x[a] - max) / sum of the same, over all rows with the same m(a), per head and column.</summary>
    /// <param name="Map">The map m.</param>
    public sealed record Softmax(IndexMap Map) : Op;

    /// <summary>
    /// y[a] = x[a] W[m(a)], or x[a] W[m(a)]^T; per head. Operands x and W. Rows of x are vectors, or matrices with as many heads as W: a product of
    /// weights is one along an identity.
    /// </summary>
    /// <param name="Types">The map m to the space of W.</param>
    /// <param name="Transposed">True for the transposed weight.</param>
    public sealed record Linear(IndexMap Types, bool Transposed) : Op;

    /// <summary>
    /// y[b] = sum of x[a]^T g[a] over all a with m(a) = b: a matrix per row of B, per head. Operands x and g, vectors or matrices of equally many
    /// rows.
    /// </summary>
    /// <param name="Map">The map m.</param>
    public sealed record Outer(IndexMap Map) : Op;

    /// <summary>Sum or maximum over the columns of each row, per head.</summary>
    /// <param name="Kind">Sum or maximum.</param>
    public sealed record ReduceColumns(ReduceKind Kind) : Op;

    /// <summary>Sum over the heads of each row.</summary>
    public sealed record SumHeads : Op;

    /// <summary>y[a] = x[a][m(a)]: the column that the map names, as a scalar.</summary>
    /// <param name="Map">A map into a space with as many rows as x has columns.</param>
    public sealed record Pick(IndexMap Map) : Op;

    /// <summary>y[a] = the unit vector of column m(a). No operands.</summary>
    /// <param name="Map">The map m.</param>
    /// <param name="Columns">The width.</param>
    public sealed record OneHot(IndexMap Map, int Columns) : Op;

    /// <summary>The vector 0, 1, 2, … in <see cref="Space.One"/>. No operands.</summary>
    /// <param name="Count">The width.</param>
    public sealed record ColumnNumbers(int Count) : Op;

    /// <summary>
    /// y[a] = how many rows with the same m(a) come before a when they are sorted by falling x, equal ones by their own order. Has no gradient.
    /// </summary>
    /// <param name="Map">The map m.</param>
    public sealed record Rank(IndexMap Map) : Op;

    /// <summary>
    /// The same elements in the same order, as rows of another shape: in the same space, or in one whose rows are parts of the same whole.
    /// </summary>
    /// <param name="Type">The new type.</param>
    public sealed record Reshape(TensorType Type) : Op;

    /// <summary>The same row repeated along heads, matrix rows or columns of width 1.</summary>
    /// <param name="Row">The new shape.</param>
    public sealed record Expand(RowShape Row) : Op;

    /// <summary>The columns of both operands side by side, per head.</summary>
    public sealed record Concat : Op;

    /// <summary>Some columns of each row, per head.</summary>
    /// <param name="Start">The first column.</param>
    /// <param name="Count">How many.</param>
    public sealed record Slice(int Start, int Count) : Op;

    /// <summary>
    /// x* with x* = body(x*, captures), for a body that contracts: it brings any two running values closer by the factor
    /// <paramref name="Contraction"/>. Operands: where the search starts, then the captured values. The gradient is that of the fixed point itself,
    /// whatever the number of applications that found it.
    /// </summary>
    /// <param name="Body">From a running value to the next.</param>
    /// <param name="Contraction">The factor, in [0, 1); 0 when one application is enough.</param>
    /// <param name="Tolerance">The distance to x* at the end, relative to the length of the first step.</param>
    public sealed record FixedPoint(Region Body, double Contraction, double Tolerance) : Op
    {
        /// <summary>
        /// The applications after which the result is within the tolerance, by Banach's bound: k of them leave at most contraction^k / (1 -
        /// contraction) of the first step. Known before anything runs, so that no device is asked whether it has converged.
        /// </summary>
        public int Applications => (int)Needed;

        /// <summary>
        /// The most copies of a body that are written out: kernels are made of each, and compiling should take seconds. Enough for a contraction of
        /// 0.99 to a millionth.
        /// </summary>
        internal const int MostCopies = 2000;

        /// <summary>
        /// The copies of bodies that are written out, those of regions inside the body among them; as a number of double precision, since it may be
        /// any.
        /// </summary>
        internal double Copies => Needed * Math.Max(1, Body.Program.Nodes.Select(n => n.Op).OfType<FixedPoint>().Sum(f => f.Copies));

        private double Needed => Contraction == 0 ? 1 : Math.Max(1, Math.Ceiling(Math.Log(Tolerance * (1 - Contraction)) / Math.Log(Contraction)));
    }
}
