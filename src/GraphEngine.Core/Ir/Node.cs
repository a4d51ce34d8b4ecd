using GraphEngine.Spaces;

namespace GraphEngine.Ir;

/// <summary>
/// A value of a program: an op, its operands, and its type. Immutable and hash-consed by its builder, so that equal values of one builder are the same object.
/// The members below are the surface models are written in.
/// </summary>
public sealed class Node
{
    internal Node(ProgramBuilder builder, int id, Op op, Node[] operands, TensorType type)
    {
        Builder = builder;
        Id = id;
        Op = op;
        Operands = operands;
        Type = type;
    }

    /// <summary>The builder this node belongs to.</summary>
    public ProgramBuilder Builder { get; }

    /// <summary>Its number; operands have smaller ones.</summary>
    public int Id { get; }

    /// <summary>What it computes.</summary>
    public Op Op { get; }

    /// <summary>What it computes it from.</summary>
    public IReadOnlyList<Node> Operands { get; }

    /// <summary>Its space and row shape.</summary>
    public TensorType Type { get; }

    /// <summary>The space of its rows.</summary>
    public Space Space => Type.Space;

    /// <summary>The shape of one row.</summary>
    public RowShape Row => Type.Row;

    /// <summary>a + b</summary>
    public static Node operator +(Node a, Node b) => a.Builder.Binary(BinaryKind.Add, a, b);

    /// <summary>a - b</summary>
    public static Node operator -(Node a, Node b) => a.Builder.Binary(BinaryKind.Sub, a, b);

    /// <summary>a * b, element by element</summary>
    public static Node operator *(Node a, Node b) => a.Builder.Binary(BinaryKind.Mul, a, b);

    /// <summary>a / b, element by element</summary>
    public static Node operator /(Node a, Node b) => a.Builder.Binary(BinaryKind.Div, a, b);

    /// <summary>-a</summary>
    public static Node operator -(Node a) => a.Builder.Unary(UnaryKind.Neg, a);

    /// <summary>a + b</summary>
    public static Node operator +(Node a, double b) => a + a.Builder.Constant(b);

    /// <summary>a * b</summary>
    public static Node operator *(Node a, double b) => a * a.Builder.Constant(b);

    /// <summary>Reads this value along a map: row a of the result is row m(a) of this.</summary>
    /// <param name="map">A map into this value's space.</param>
    public Node Along(IndexMap map) => Builder.Add(new Op.Gather(map), this);

    /// <summary>Sums rows along a map.</summary>
    /// <param name="map">A map from this value's space.</param>
    public Node Sum(IndexMap map) => Builder.Add(new Op.Reduce(map, ReduceKind.Sum), this);

    /// <summary>Averages rows along a map; 0 where no row arrives.</summary>
    /// <param name="map">A map from this value's space.</param>
    public Node Mean(IndexMap map) => Sum(map) * Builder.InverseDegree(map);

    /// <summary>The maximum of rows along a map; 0 where no row arrives.</summary>
    /// <param name="map">A map from this value's space.</param>
    public Node Max(IndexMap map) => Builder.Add(new Op.Reduce(map, ReduceKind.Max), this);

    /// <summary>The values of two parts of a space as values of the space.</summary>
    /// <param name="part">The map from this value's space.</param>
    /// <param name="other">The values of the other part.</param>
    /// <param name="rest">The map from the other value's space; every row is reached by exactly one of the two maps, once.</param>
    public Node Union(IndexMap part, Node other, IndexMap rest) => Builder.Add(new Op.Union(part, rest), this, other);

    /// <summary>Normalised exponentials among the rows that a map sends to the same place.</summary>
    /// <param name="map">A map from this value's space.</param>
    public Node Softmax(IndexMap map) => Builder.Add(new Op.Softmax(map), this);

    /// <summary>
    /// Combines the rows that a map sends to the same place by a learned operator, as a balanced tree: neighbours in pairs, level by level; an odd last value moves up
    /// unchanged. Order and brackets matter unless the operator is commutative and associative. Ong and Velickovic, LoG 2022, arXiv 2212.08541.
    /// </summary>
    /// <param name="groups">A map from this value's space.</param>
    /// <param name="levels">Enough for the largest group: <see cref="Topology.TreeLevels"/>.</param>
    /// <param name="combine">From two rows to one of the same shape; it sees the pairs of a level at once.</param>
    /// <param name="empty">The value of places where no row arrives, a row in <see cref="Space.One"/>; zero when null.</param>
    public Node TreeReduce(IndexMap groups, int levels, Func<Node, Node, Node> combine, Node? empty = null)
    {
        TreeMaps tree = new(groups);
        Node values = this;
        for (int level = 0; level < levels; level++)
        {
            Node combined = combine(values.Along(tree.Left(level)), values.Along(tree.Right(level)));
            values = combined.Union(tree.PairUp(level), values.Along(tree.Rest(level)), tree.OddUp(level));
        }
        Node result = values.Sum(tree.Root(levels));
        if (empty is null)
            return result;
        Node one = Builder.Constant(1), arrived = one.Along(IndexMap.ToOne(values.Space)).Sum(tree.Root(levels));
        return result + (empty * (one - arrived));
    }

    /// <summary>x W with one shared weight.</summary>
    /// <param name="weight">A matrix in <see cref="Space.One"/>.</param>
    public Node Linear(Node weight) => Linear(weight, IndexMap.ToOne(Space));

    /// <summary>x W with the weight of each row's type.</summary>
    /// <param name="weight">A matrix per type.</param>
    /// <param name="types">A map from this value's space to the weight's.</param>
    /// <param name="transposed">True to use each weight transposed.</param>
    public Node Linear(Node weight, IndexMap types, bool transposed = false) => Builder.Add(new Op.Linear(types, transposed), this, weight);

    /// <summary>Sum of x^T g along a map.</summary>
    /// <param name="other">The value g, in the same space.</param>
    /// <param name="map">A map from this value's space.</param>
    public Node Outer(Node other, IndexMap map) => Builder.Add(new Op.Outer(map), this, other);

    /// <summary>The inner product of two rows, per head.</summary>
    /// <param name="other">The other vector.</param>
    public Node Dot(Node other) => (this * other).SumColumns();

    /// <summary>The sum of the columns of each row, per head.</summary>
    public Node SumColumns() => Builder.Add(new Op.ReduceColumns(ReduceKind.Sum), this);

    /// <summary>The largest column of each row, per head.</summary>
    public Node MaxColumns() => Builder.Add(new Op.ReduceColumns(ReduceKind.Max), this);

    /// <summary>The sum over heads.</summary>
    public Node SumHeads() => Builder.Add(new Op.SumHeads(), this);

    /// <summary>The column that a map names.</summary>
    /// <param name="map">A map from this value's space to its columns.</param>
    public Node Pick(IndexMap map) => Builder.Add(new Op.Pick(map), this);

    /// <summary>The place of each scalar among those that a map sends to the same row: 0 for the largest; of equal ones the first comes first.</summary>
    /// <param name="map">A map from this value's space.</param>
    public Node Rank(IndexMap map) => Builder.Add(new Op.Rank(map), this);

    /// <summary>
    /// The rows with the largest scores, best first, as the rows of a matrix for each place that a map leads to; rows of zeros where there are too few. Which rows those
    /// are has no gradient, their values have. Pareja et al., AAAI 2020, arXiv 1902.10191, summarise node embeddings so.
    /// </summary>
    /// <param name="scores">Scalars in this value's space.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="map">A map from this value's space.</param>
    public Node TopRows(Node scores, int count, IndexMap map) =>
        Builder.Binary(BinaryKind.Equal, scores.Rank(map).Expand(RowShape.Vector(count)), Builder.ColumnNumbers(count)).Outer(this, map);

    /// <summary>Another row shape of equal size; the value itself when it has that shape already.</summary>
    /// <param name="row">The new shape.</param>
    public Node Reshape(RowShape row) => Reshape(new TensorType(Space, row));

    /// <summary>The same elements as rows of another shape, in this space or one of parts; the value itself when it has that type already.</summary>
    /// <param name="type">The new type.</param>
    public Node Reshape(TensorType type) => type == Type ? this : Builder.Add(new Op.Reshape(type), this);

    /// <summary>This row repeated to a wider shape; the value itself when it has that shape already.</summary>
    /// <param name="row">The wider shape.</param>
    public Node Expand(RowShape row) => row == Row ? this : Builder.Add(new Op.Expand(row), this);

    /// <summary>Columns side by side.</summary>
    /// <param name="other">The columns that follow.</param>
    public Node Concat(Node other) => Builder.Add(new Op.Concat(), this, other);

    /// <summary>Some columns.</summary>
    /// <param name="start">The first.</param>
    /// <param name="count">How many.</param>
    public Node Slice(int start, int count) => Builder.Add(new Op.Slice(start, count), this);

    /// <summary>e^x</summary>
    public Node Exp() => Builder.Unary(UnaryKind.Exp, this);

    /// <summary>Natural logarithm.</summary>
    public Node Log() => Builder.Unary(UnaryKind.Log, this);

    /// <summary>Square root.</summary>
    public Node Sqrt() => Builder.Unary(UnaryKind.Sqrt, this);

    /// <summary>max(x, 0)</summary>
    public Node Relu() => Builder.Unary(UnaryKind.Relu, this);

    /// <summary>x where positive, else slope times x.</summary>
    /// <param name="slope">The slope for negative arguments.</param>
    public Node LeakyRelu(float slope) => Builder.Unary(UnaryKind.LeakyRelu, this, slope);

    /// <summary>1 / (1 + e^-x)</summary>
    public Node Sigmoid() => Builder.Unary(UnaryKind.Sigmoid, this);

    /// <summary>Hyperbolic tangent.</summary>
    public Node Tanh() => Builder.Unary(UnaryKind.Tanh, this);

    /// <summary>log(1 + e^x)</summary>
    public Node Softplus() => Builder.Unary(UnaryKind.Softplus, this);

    /// <summary>x (1 + erf(x / sqrt 2)) / 2, the exact form; Hendrycks and Gimpel, arXiv 1606.08415.</summary>
    public Node Gelu() => this * 0.5 * (Builder.Unary(UnaryKind.Erf, this * Math.Sqrt(0.5)) + 1);

    /// <summary>x where positive, else e^x - 1; Clevert et al., arXiv 1511.07289.</summary>
    public Node Elu() => Relu() + Builder.Binary(BinaryKind.Min, this, Builder.Constant(0)).Exp() + -1f;

    /// <summary>The gradients of this value with respect to some leaves; zero where it does not depend on one.</summary>
    /// <param name="withRespectTo">The leaves.</param>
    /// <returns>A gradient of the same type for each leaf.</returns>
    /// <exception cref="IrException">This value is no scalar in <see cref="Space.One"/>, or something else than a leaf is asked for.</exception>
    public IReadOnlyDictionary<Node, Node> Gradients(IEnumerable<Node> withRespectTo) =>
        withRespectTo.Distinct().ToDictionary(leaf => leaf, leaf => Builder.Add(new Op.Gradient(), this, leaf));

    /// <summary>This value without a gradient.</summary>
    public Node Detach() => Builder.Add(new Op.Detach(), this);

    /// <inheritdoc/>
    public override string ToString() => $"%{Id}";
}
