using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>The gradient of every op, as inter-op nodes: for y = op(x0, x1, …) and g = dL/dy, the parts of dL/dx0, dL/dx1, ….</summary>
internal static class GradientRules
{
    private static readonly double TwoOverRootPi = 2 / Math.Sqrt(Math.PI);

    /// <summary>
    /// One part per operand; null where an operand has no gradient. Parts may be wider than their operand: see <see cref="Narrow"/>.
    /// </summary>
    public static Node?[] Apply(Node y, Node g, bool[] wanted)
    {
        ProgramBuilder b = y.Builder;
        Node x = y.Operands[0];
        return y.Op switch
        {
            Op.Unary u => [UnaryRule(u, x, y, g)],
            Op.Binary op => BinaryRule(op.Kind, x, y.Operands[1], y, g),
            Op.Dropout d => [b.Add(d, g, y.Operands[1], y.Operands[2]), null, null],
            Op.Gather op => [g.Sum(op.Map)],
            Op.Reduce { Kind: ReduceKind.Sum } op => [g.Along(op.Map)],
            Op.Reduce op => [MaximumRule(g, b.Binary(BinaryKind.Equal, x, y.Along(op.Map)), attained => attained.Sum(op.Map), shared => shared.Along(op.Map))],
            Op.Union op => [g.Along(op.First), g.Along(op.Second)],
            Op.Softmax op => [y * (g - (y * g).Sum(op.Map).Along(op.Map))],
            Op.Linear op => LinearRule(op, x, y.Operands[1], g, wanted),
            Op.Outer op => [y.Operands[1].Linear(g, op.Map, transposed: true), x.Linear(g, op.Map)],
            Op.ReduceColumns { Kind: ReduceKind.Sum } => [g.Expand(x.Row)],
            Op.ReduceColumns => [MaximumRule(g, b.Binary(BinaryKind.Equal, x, y), attained => attained.SumColumns(), shared => shared)],
            Op.SumHeads => [g.Expand(x.Row)],
            Op.Rank => [null],
            Op.Pick op => [g * b.OneHot(op.Map, x.Row.Columns)],
            Op.Reshape => [g.Reshape(x.Type)],
            Op.Expand => [g],
            Op.Concat => [g.Slice(0, x.Row.Columns), g.Slice(x.Row.Columns, y.Operands[1].Row.Columns)],
            Op.Slice op => [Pad(g, op.Start, x.Row.Columns - op.Start - op.Count)],
            Op.FixedPoint op => FixedPointRule(op, y, g),
            _ => throw new IrException($"{ProgramPrinter.Describe(y.Op)} has no gradient rule."),
        };
    }

    /// <summary>Sums a gradient over everything its operand was broadcast along.</summary>
    public static Node Narrow(Node part, TensorType type)
    {
        (int heads, int rows, int columns) = (part.Row.Heads, part.Row.Rows, part.Row.Columns);
        // Rows of a matrix lie side by side, like heads, and heads like the parts of a row.
        if (type.Row.HeadSize == 1 && part.Row.HeadSize > 1)
            part = part.Reshape(new RowShape(heads, 1, rows * columns)).SumColumns();
        else if (type.Row.Columns == 1 && columns > 1)
            part = part.Reshape(new RowShape(heads * rows, 1, columns)).SumColumns().Reshape(new RowShape(heads, rows, 1));
        else if (type.Row.Rows == 1 && rows > 1)
            part = part.Reshape(new TensorType(Space.PartsOf(part.Space, heads), new RowShape(rows, 1, columns))).SumHeads().Reshape(new TensorType(part.Space, new RowShape(heads, 1, columns)));
        if (type.Row.Heads == 1 && part.Row.Heads > 1)
            part = part.SumHeads();
        if (type.Space == Space.One && part.Space != Space.One)
            part = part.Sum(IndexMap.ToOne(part.Space));
        return part.Expand(type.Row);
    }

    private static Node? UnaryRule(Op.Unary op, Node x, Node y, Node g)
    {
        ProgramBuilder b = x.Builder;
        return op.Kind switch
        {
            UnaryKind.Neg => -g,
            UnaryKind.Reciprocal => -(g * y * y),
            UnaryKind.Exp => g * y,
            UnaryKind.Log => g / x,
            UnaryKind.Sqrt => g * 0.5f / y,
            UnaryKind.Relu => g * b.Unary(UnaryKind.Step, y),
            // The sign of y is that of x, and y is what a forward pass keeps.
            UnaryKind.LeakyRelu => g * b.Unary(UnaryKind.Step, op.Parameter > 0 ? y : x, op.Parameter),
            UnaryKind.Sigmoid => g * (y * (-y + 1f)),
            UnaryKind.Tanh => g * (-(y * y) + 1f),
            UnaryKind.Softplus => g * x.Sigmoid(),
            UnaryKind.Erf => g * (-(x * x)).Exp() * b.Constant(TwoOverRootPi),
            UnaryKind.Cos => -(g * b.Unary(UnaryKind.Sin, x)),
            UnaryKind.Sin => g * b.Unary(UnaryKind.Cos, x),
            // A step is constant almost everywhere; zero times a gradient that is infinite would be no number.
            UnaryKind.Step => null,
            _ => throw new IrException($"The function {op.Kind} has no gradient rule."),
        };
    }

    private static Node?[] BinaryRule(BinaryKind kind, Node a, Node c, Node y, Node g)
    {
        ProgramBuilder b = a.Builder;
        switch (kind)
        {
            case BinaryKind.Add:
                return [g, g];
            case BinaryKind.Sub:
                return [g, -g];
            case BinaryKind.Mul:
                return [g * c, g * a];
            case BinaryKind.Div:
                return [g / c, -(g * y / c)];
            case BinaryKind.Max or BinaryKind.Min:
                // A tie gives the gradient to the first operand.
                Node first = b.Binary(BinaryKind.Equal, y, a);
                return [g * first, g * (-first + 1f)];
            case BinaryKind.Equal:
                return [null, null];
            default:
                throw new IrException($"The function {kind} has no gradient rule.");
        }
    }

    /// <summary>
    /// All that attain a maximum share its gradient in equal parts, as those of PyTorch's <c>amax</c> do: the whole for each would be no subgradient.
    /// </summary>
    /// <param name="g">The gradient of the maximum.</param>
    /// <param name="attained">1 where it is attained, else 0.</param>
    /// <param name="count">Counts how often it is.</param>
    /// <param name="spread">Brings the gradient of a maximum to all that it is the maximum of.</param>
    private static Node MaximumRule(Node g, Node attained, Func<Node, Node> count, Func<Node, Node> spread) =>
        // Where there is nothing to be the maximum of, nothing is divided by zero that a sum may later be multiplied with.
        spread(g / g.Builder.Binary(BinaryKind.Max, count(attained), g.Builder.Constant(1))) * attained;

    private static Node?[] LinearRule(Op.Linear op, Node x, Node weight, Node g, bool[] wanted)
    {
        Node? dx = wanted[0] ? g.Linear(weight, op.Types, !op.Transposed) : null;
        Node? dw = !wanted[1] ? null : op.Transposed ? g.Outer(x, op.Types) : x.Outer(g, op.Types);
        return [dx, dw];
    }

    private static Node Pad(Node g, int before, int after)
    {
        Node Zeros(int columns) => g.Builder.Zero(new TensorType(g.Space, g.Row with { Columns = columns }));

        Node padded = before > 0 ? Zeros(before).Concat(g) : g;
        return after > 0 ? padded.Concat(Zeros(after)) : padded;
    }

    /// <summary>
    /// By the implicit function theorem, with J the derivative of the body by its running value at x*: the adjoint is the fixed point of a -> J^T a +
    /// g, and what the body captures has the gradient that one application gives for the adjoint. Where the search started has none. Park et al.,
    /// arXiv 2106.01680; Bai et al., arXiv 1909.01377.
    /// </summary>
    private static Node?[] FixedPointRule(Op.FixedPoint op, Node x, Node g)
    {
        Node[] captures = [.. x.Operands.Skip(1)];
        Node next = op.Body.Inline(x.Builder, x, captures);
        Node adjoint = x.Builder.FixedPoint(g, a => Adjoint.Run(next, a, [x]).GetValueOrDefault(x) is Node pulled ? pulled + g : g, op.Contraction, op.Tolerance);
        IReadOnlyDictionary<Node, Node> parts = Adjoint.Run(next, adjoint, [x, .. captures]);
        // What is captured twice has its whole gradient at the first place, since the parts of all places are added up.
        return [null, .. captures.Select((c, i) => Array.IndexOf(captures, c) == i ? parts.GetValueOrDefault(c) : null)];
    }
}
