using System.Runtime.CompilerServices;
using GraphEngine.Spaces;

namespace GraphEngine.Ir;

/// <summary>
/// A value of a program: an op, its operands, and its type. Immutable and hash-consed by its builder, so that equal values of one builder are the
/// same object. The members below are the surface models are written in. Each checks the types of its operands when it is called.
/// </summary>
public sealed partial class Node
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

    /// <summary>
    /// a + b, element by element. Both are in one space, or one is in <see cref="Space.One"/>; heads, rows and columns are equal or 1. The result has
    /// the space that is not one and the larger of each.
    /// </summary>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    /// <exception cref="ArgumentNullException">An operand is null.</exception>
    /// <exception cref="IrException">Spaces or shapes do not fit, or the operands belong to two programs.</exception>
    public static Node operator +(Node a, Node b) => Given(a).Builder.Binary(BinaryKind.Add, a, Given(b));

    /// <summary>
    /// a - b, element by element. Both are in one space, or one is in <see cref="Space.One"/>; heads, rows and columns are equal or 1. The result has
    /// the space that is not one and the larger of each.
    /// </summary>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    /// <exception cref="ArgumentNullException">An operand is null.</exception>
    /// <exception cref="IrException">Spaces or shapes do not fit, or the operands belong to two programs.</exception>
    public static Node operator -(Node a, Node b) => Given(a).Builder.Binary(BinaryKind.Sub, a, Given(b));

    /// <summary>
    /// a * b, element by element. Both are in one space, or one is in <see cref="Space.One"/>; heads, rows and columns are equal or 1. The result has
    /// the space that is not one and the larger of each.
    /// </summary>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    /// <exception cref="ArgumentNullException">An operand is null.</exception>
    /// <exception cref="IrException">Spaces or shapes do not fit, or the operands belong to two programs.</exception>
    public static Node operator *(Node a, Node b) => Given(a).Builder.Binary(BinaryKind.Mul, a, Given(b));

    /// <summary>
    /// a / b, element by element. Both are in one space, or one is in <see cref="Space.One"/>; heads, rows and columns are equal or 1. The result has
    /// the space that is not one and the larger of each.
    /// </summary>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    /// <exception cref="ArgumentNullException">An operand is null.</exception>
    /// <exception cref="IrException">Spaces or shapes do not fit, or the operands belong to two programs.</exception>
    public static Node operator /(Node a, Node b) => Given(a).Builder.Binary(BinaryKind.Div, a, Given(b));

    /// <summary>-a, element by element; of the same type.</summary>
    /// <param name="a">A value of any type.</param>
    /// <exception cref="ArgumentNullException">The operand is null.</exception>
    public static Node operator -(Node a) => Given(a).Builder.Unary(UnaryKind.Neg, a);

    /// <summary>a + b for each element of a; of the same type.</summary>
    /// <param name="a">A value of any type.</param>
    /// <param name="b">A number.</param>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public static Node operator +(Node a, double b) => Given(a) + a.Builder.Constant(b);

    /// <summary>a * b for each element of a; of the same type.</summary>
    /// <param name="a">A value of any type.</param>
    /// <param name="b">A number.</param>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public static Node operator *(Node a, double b) => Given(a) * a.Builder.Constant(b);

    /// <summary>
    /// Reads this value along a map: row a of the result is row m(a) of this. The result is in the map's source space, with rows of the same shape.
    /// </summary>
    /// <param name="map">A map into this value's space.</param>
    /// <exception cref="ArgumentNullException">The map is null.</exception>
    /// <exception cref="IrException">The map leads to another space.</exception>
    public Node Along(IndexMap map) => Builder.Add(new Op.Gather(Given(map)), this);

    /// <summary>Sums rows along a map. The result is in the map's target space, with rows of the same shape; 0 where no row arrives.</summary>
    /// <param name="map">A map from this value's space.</param>
    /// <exception cref="ArgumentNullException">The map is null.</exception>
    /// <exception cref="IrException">The map starts in another space.</exception>
    public Node Sum(IndexMap map) => Builder.Add(new Op.Reduce(Given(map), ReduceKind.Sum), this);

    /// <summary>Averages rows along a map. The result is in the map's target space, with rows of the same shape; 0 where no row arrives.</summary>
    /// <param name="map">A map from this value's space.</param>
    /// <exception cref="ArgumentNullException">The map is null.</exception>
    /// <exception cref="IrException">The map starts in another space.</exception>
    public Node Mean(IndexMap map) => Sum(map) * Builder.InverseDegree(map);

    /// <summary>
    /// The maximum of rows along a map, of each element by itself. The result is in the map's target space, with rows of the same shape; 0 where no
    /// row arrives. Where several rows attain a maximum, they share its gradient in equal parts.
    /// </summary>
    /// <param name="map">A map from this value's space.</param>
    /// <exception cref="ArgumentNullException">The map is null.</exception>
    /// <exception cref="IrException">The map starts in another space.</exception>
    public Node Max(IndexMap map) => Builder.Add(new Op.Reduce(Given(map), ReduceKind.Max), this);

    /// <summary>The values of two parts of a space as values of the space, with rows of the same shape.</summary>
    /// <param name="part">The map from this value's space.</param>
    /// <param name="other">The values of the other part, with rows of the same shape.</param>
    /// <param name="rest">The map from the other value's space; every row is reached by exactly one of the two maps, once.</param>
    /// <exception cref="ArgumentNullException">A map or the other value is null.</exception>
    /// <exception cref="IrException">A map starts in another space, the maps lead to two spaces, or the rows have two shapes.</exception>
    public Node Union(IndexMap part, Node other, IndexMap rest) => Builder.Add(new Op.Union(Given(part), Given(rest)), this, Given(other));

    /// <summary>Normalised exponentials among the rows that a map sends to the same place, of each element by itself; of the same type.</summary>
    /// <param name="map">A map from this value's space.</param>
    /// <exception cref="ArgumentNullException">The map is null.</exception>
    /// <exception cref="IrException">The map starts in another space.</exception>
    public Node Softmax(IndexMap map) => Builder.Add(new Op.Softmax(Given(map)), this);

    /// <summary>
    /// Combines the rows that a map sends to the same place by a learned operator, as a balanced tree: neighbours in pairs, level by level; an odd
    /// last value moves up unchanged. Order and brackets matter unless the operator is commutative and associative. The result is in the map's target
    /// space, with rows of the same shape. Ong and Velickovic, LoG 2022, arXiv 2212.08541.
    /// </summary>
    /// <param name="groups">A map from this value's space.</param>
    /// <param name="levels">Enough for the largest group: <see cref="Topology.TreeLevels"/>.</param>
    /// <param name="combine">From two rows to one of the same shape; it sees the pairs of a level at once.</param>
    /// <param name="empty">The value of places where no row arrives, a row in <see cref="Space.One"/>; zero when null.</param>
    /// <exception cref="ArgumentNullException">The map or the operator is null.</exception>
    /// <exception cref="IrException">The map starts in another space, the operator gives another type than it takes, or the row for empty places does
    /// not fit.</exception>
    public Node TreeReduce(IndexMap groups, int levels, Func<Node, Node, Node> combine, Node? empty = null)
    {
        TreeMaps tree = new(Given(groups));
        ArgumentNullException.ThrowIfNull(combine);
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

    /// <summary>x W with one shared weight: rows of as many columns as the weight has, in this value's space.</summary>
    /// <param name="weight">A matrix in <see cref="Space.One"/> with a row for each column of this value; with heads, one for each of this value's,
    /// or either has one.</param>
    /// <exception cref="ArgumentNullException">The weight is null.</exception>
    /// <exception cref="IrException">The weight is in another space, or shapes do not fit.</exception>
    public Node Linear(Node weight) => Linear(weight, IndexMap.ToOne(Space));

    /// <summary>
    /// x W with the weight of each row's type: rows of as many columns as the weight has, or rows where it is transposed, in this value's space.
    /// </summary>
    /// <param name="weight">A matrix per type, with a row (transposed: a column) for each column of this value; with heads, one for each of this
    /// value's, or either has one.</param>
    /// <param name="types">A map from this value's space to the weight's.</param>
    /// <param name="transposed">True to use each weight transposed.</param>
    /// <exception cref="ArgumentNullException">The weight or the map is null.</exception>
    /// <exception cref="IrException">The map does not lead from this value's space to the weight's, or shapes do not fit.</exception>
    public Node Linear(Node weight, IndexMap types, bool transposed = false) => Builder.Add(new Op.Linear(Given(types), transposed), this, Given(weight));

    /// <summary>
    /// Sum of x^T g along a map: in the map's target space, matrices with a row for each column of this value and a column for each of the other's,
    /// per head.
    /// </summary>
    /// <param name="other">The value g, in the same space; both are vectors, or matrices of equally many rows, and have equally many heads or one of
    /// them one.</param>
    /// <param name="map">A map from this value's space.</param>
    /// <exception cref="ArgumentNullException">The value or the map is null.</exception>
    /// <exception cref="IrException">The map starts in another space, the values are in two spaces, or shapes do not fit.</exception>
    public Node Outer(Node other, IndexMap map) => Builder.Add(new Op.Outer(Given(map)), this, Given(other));

    /// <summary>The column that a map names: a scalar for each row of this value's space.</summary>
    /// <param name="map">A map from this value's space, a vector of one head, to at most as many rows as there are columns.</param>
    /// <exception cref="ArgumentNullException">The map is null.</exception>
    /// <exception cref="IrException">The map starts in another space or leads to more rows than there are columns, or this value is no vector of one
    /// head.</exception>
    public Node Pick(IndexMap map) => Builder.Add(new Op.Pick(Given(map)), this);

    /// <summary>
    /// The place of each scalar among those that a map sends to the same row: 0 for the largest; of equal ones the first comes first. Of the same
    /// type, without a gradient.
    /// </summary>
    /// <param name="map">A map from this value's space.</param>
    /// <exception cref="ArgumentNullException">The map is null.</exception>
    /// <exception cref="IrException">The map starts in another space, or this value is no scalar.</exception>
    public Node Rank(IndexMap map) => Builder.Add(new Op.Rank(Given(map)), this);

    /// <summary>
    /// The rows with the largest scores, best first, as the rows of a matrix for each place that a map leads to; rows of zeros where there are too
    /// few. Which rows those are has no gradient, their values have. Pareja et al., AAAI 2020, arXiv 1902.10191, summarise node embeddings so.
    /// </summary>
    /// <param name="scores">Scalars in this value's space.</param>
    /// <param name="count">How many rows; at least 1.</param>
    /// <param name="map">A map from this value's space.</param>
    /// <exception cref="ArgumentNullException">The scores or the map are null.</exception>
    /// <exception cref="IrException">The map starts in another space, the scores are no scalars in this value's space, or this value is no
    /// vector.</exception>
    public Node TopRows(Node scores, int count, IndexMap map) =>
        Builder.Binary(BinaryKind.Equal, Given(scores).Rank(map).Expand(RowShape.Vector(count)), Builder.ColumnNumbers(count)).Outer(this, map);

    /// <summary>The gradients of this value with respect to some leaves; zero where it does not depend on one.</summary>
    /// <param name="withRespectTo">The leaves.</param>
    /// <returns>A gradient of the same type for each leaf.</returns>
    /// <exception cref="ArgumentNullException">The list or one of the leaves is null.</exception>
    /// <exception cref="IrException">This value is no scalar in <see cref="Space.One"/>, or something else than a leaf is asked for.</exception>
    public IReadOnlyDictionary<Node, Node> Gradients(IEnumerable<Node> withRespectTo) =>
        Given(withRespectTo).Distinct().ToDictionary(leaf => Given(leaf), leaf => Builder.Add(new Op.Gradient(), this, leaf));

    /// <summary>This value without a gradient; of the same type.</summary>
    public Node Detach() => Builder.Add(new Op.Detach(), this);

    /// <summary>An argument that is not null.</summary>
    /// <param name="value">The argument.</param>
    /// <param name="name">Its name; given by the compiler.</param>
    internal static T Given<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value;
    }

    /// <inheritdoc/>
    public override string ToString() => $"%{Id}";
}
