using GraphEngine.Spaces;

namespace GraphEngine.Ir;

/// <content>Functions of single rows and single elements: their results stay in the value's space.</content>
public sealed partial class Node
{
    /// <summary>The inner product of two rows, per head: a scalar for each head.</summary>
    /// <param name="other">The other vector; in the same space, or one of both in <see cref="Space.One"/>, with heads and columns that are equal or
    /// 1.</param>
    /// <exception cref="ArgumentNullException">The other vector is null.</exception>
    /// <exception cref="IrException">Spaces or shapes do not fit, or the rows are matrices.</exception>
    public Node Dot(Node other) => (this * Given(other)).SumColumns();

    /// <summary>The sum of the columns of each row, per head: a scalar for each head.</summary>
    /// <exception cref="IrException">The rows are matrices.</exception>
    public Node SumColumns() => Builder.Add(new Op.ReduceColumns(ReduceKind.Sum), this);

    /// <summary>
    /// The largest column of each row, per head: a scalar for each head. Where several columns are the largest, they share its gradient in equal
    /// parts.
    /// </summary>
    /// <exception cref="IrException">The rows are matrices.</exception>
    public Node MaxColumns() => Builder.Add(new Op.ReduceColumns(ReduceKind.Max), this);

    /// <summary>The sum over heads: rows of one head, with the rows and columns of each.</summary>
    public Node SumHeads() => Builder.Add(new Op.SumHeads(), this);

    /// <summary>Another row shape of equal size; the value itself when it has that shape already.</summary>
    /// <param name="row">The new shape.</param>
    /// <exception cref="IrException">The new shape has another number of elements.</exception>
    public Node Reshape(RowShape row) => Reshape(new TensorType(Space, row));

    /// <summary>The same elements as rows of another shape, in this space or one of parts; the value itself when it has that type already.</summary>
    /// <param name="type">The new type.</param>
    /// <exception cref="ArgumentNullException">The type is null.</exception>
    /// <exception cref="IrException">The new type has other rows that are cut, or another number of elements.</exception>
    public Node Reshape(TensorType type) => Given(type) == Type ? this : Builder.Add(new Op.Reshape(type), this);

    /// <summary>This row repeated to a wider shape; the value itself when it has that shape already.</summary>
    /// <param name="row">The wider shape: equal where this one has more than 1 of something.</param>
    /// <exception cref="IrException">The shape cannot be widened to the other one.</exception>
    public Node Expand(RowShape row) => row == Row ? this : Builder.Add(new Op.Expand(row), this);

    /// <summary>Columns side by side: vectors with as many columns as both have, per head.</summary>
    /// <param name="other">The columns that follow; a vector in the same space with equally many heads.</param>
    /// <exception cref="ArgumentNullException">The other vector is null.</exception>
    /// <exception cref="IrException">The values are in two spaces, have different heads, or are matrices.</exception>
    public Node Concat(Node other) => Builder.Add(new Op.Concat(), this, Given(other));

    /// <summary>Some columns of a vector, per head.</summary>
    /// <param name="start">The first.</param>
    /// <param name="count">How many; at least 1.</param>
    /// <exception cref="IrException">There are no such columns, or the rows are matrices.</exception>
    public Node Slice(int start, int count) => Builder.Add(new Op.Slice(start, count), this);

    /// <summary>e^x, element by element; of the same type.</summary>
    public Node Exp() => Builder.Unary(UnaryKind.Exp, this);

    /// <summary>Natural logarithm, element by element; of the same type.</summary>
    public Node Log() => Builder.Unary(UnaryKind.Log, this);

    /// <summary>Square root, element by element; of the same type.</summary>
    public Node Sqrt() => Builder.Unary(UnaryKind.Sqrt, this);

    /// <summary>max(x, 0), element by element; of the same type.</summary>
    public Node Relu() => Builder.Unary(UnaryKind.Relu, this);

    /// <summary>x where positive, else slope times x, element by element; of the same type.</summary>
    /// <param name="slope">The slope for negative arguments.</param>
    public Node LeakyRelu(float slope) => Builder.Unary(UnaryKind.LeakyRelu, this, slope);

    /// <summary>1 / (1 + e^-x), element by element; of the same type.</summary>
    public Node Sigmoid() => Builder.Unary(UnaryKind.Sigmoid, this);

    /// <summary>Hyperbolic tangent, element by element; of the same type.</summary>
    public Node Tanh() => Builder.Unary(UnaryKind.Tanh, this);

    /// <summary>log(1 + e^x), element by element; of the same type.</summary>
    public Node Softplus() => Builder.Unary(UnaryKind.Softplus, this);

    /// <summary>x (1 + erf(x / sqrt 2)) / 2, the exact form, element by element; of the same type. Hendrycks and Gimpel, arXiv 1606.08415.</summary>
    public Node Gelu() => this * 0.5 * (Builder.Unary(UnaryKind.Erf, this * Math.Sqrt(0.5)) + 1);

    /// <summary>x where positive, else e^x - 1, element by element; of the same type. Clevert et al., arXiv 1511.07289.</summary>
    public Node Elu() => Relu() + Builder.Binary(BinaryKind.Min, this, Builder.Constant(0)).Exp() + -1f;
}
