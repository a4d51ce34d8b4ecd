using System.Runtime.CompilerServices;
using GraphEngine.Spaces;

namespace GraphEngine.Ir;

/// <summary>
/// Makes nodes. Equal nodes (same op, same operands) are made once, so common subexpressions never exist twice;
/// every node is type-checked when it is made.
/// </summary>
public sealed class ProgramBuilder
{
    private readonly Dictionary<Key, Node> _nodes = [];
    private readonly Dictionary<string, Op.Leaf> _leaves = new(StringComparer.Ordinal);
    private int _streams;
    private int _regions;

    /// <summary>Data given from outside.</summary>
    /// <param name="name">Unique within the program; no control characters or ends of lines.</param>
    /// <param name="space">Its rows.</param>
    /// <param name="row">The shape of a row.</param>
    /// <exception cref="ArgumentNullException">The name or the space is null.</exception>
    /// <exception cref="IrException">The name stands for another tensor already, or is none that can be printed.</exception>
    public Node Input(string name, Space space, RowShape row) => Leaf(name, space, row, LeafRole.Input, Initializer.Zero);

    /// <summary>A trainable parameter.</summary>
    /// <param name="name">Unique within the program.</param>
    /// <param name="space">Its rows: a weight space, or nodes for an embedding table.</param>
    /// <param name="row">The shape of a row.</param>
    /// <param name="init">Its first values; Glorot with the row's own sizes when null.</param>
    /// <exception cref="ArgumentNullException">The name or the space is null.</exception>
    /// <exception cref="IrException">The name stands for another tensor already, or is none that can be printed, or the first values would not be
    /// finite.</exception>
    public Node Parameter(string name, Space space, RowShape row, Initializer? init = null) =>
        Leaf(name, space, row, LeafRole.Parameter, init ?? Initializer.Glorot(row.Rows, row.Columns));

    /// <summary>A tensor kept between runs.</summary>
    /// <param name="name">Unique within the program.</param>
    /// <param name="space">Its rows.</param>
    /// <param name="row">The shape of a row.</param>
    /// <param name="init">Its first values.</param>
    /// <exception cref="ArgumentNullException">The name, the space or the first values are null.</exception>
    /// <exception cref="IrException">The name stands for another tensor already, or is none that can be printed, or the first values would not be
    /// finite.</exception>
    public Node State(string name, Space space, RowShape row, Initializer init) => Leaf(name, space, row, LeafRole.State, init);

    /// <summary>A number: a scalar in <see cref="Space.One"/>, which broadcasts to every space and shape.</summary>
    /// <param name="value">The number.</param>
    public Node Constant(double value) => Add(new Op.Constant(value));

    /// <summary>1 / max(1, degree) of each row that a map leads to: a scalar for each row of the map's target space.</summary>
    /// <param name="map">The map.</param>
    /// <exception cref="ArgumentNullException">The map is null.</exception>
    public Node InverseDegree(IndexMap map) => Add(new Op.InverseDegree(Node.Given(map)));

    /// <summary>
    /// Unit vectors: for each row of the map's source space, as many columns as are asked for, 1 in the one that the map names and 0 elsewhere.
    /// </summary>
    /// <param name="map">The column of each row.</param>
    /// <param name="columns">The width; at least the rows that the map leads to.</param>
    /// <exception cref="ArgumentNullException">The map is null.</exception>
    /// <exception cref="IrException">The map leads to more rows than there are columns.</exception>
    public Node OneHot(IndexMap map, int columns) => Add(new Op.OneHot(Node.Given(map), columns));

    /// <summary>The vector 0, 1, 2, … in <see cref="Space.One"/>.</summary>
    /// <param name="count">The width; at least 1.</param>
    /// <exception cref="IrException">There is no column.</exception>
    public Node ColumnNumbers(int count) => Add(new Op.ColumnNumbers(count));

    /// <summary>A function of one element, for each element of a value of any type; the result has the same type.</summary>
    /// <param name="kind">The function.</param>
    /// <param name="x">The argument.</param>
    /// <param name="parameter">Its parameter.</param>
    /// <exception cref="ArgumentNullException">The argument is null.</exception>
    /// <exception cref="IrException">The argument belongs to another program.</exception>
    public Node Unary(UnaryKind kind, Node x, float parameter = 0) => Add(new Op.Unary(kind, parameter), x);

    /// <summary>
    /// A function of two elements, for each pair of elements. Both arguments are in one space, or one of them in <see cref="Space.One"/>; heads, rows
    /// and columns are equal or 1. The result has the space that is not one and the larger of each.
    /// </summary>
    /// <param name="kind">The function.</param>
    /// <param name="a">The first argument.</param>
    /// <param name="b">The second argument.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="IrException">Spaces or shapes do not fit, or an argument belongs to another program.</exception>
    public Node Binary(BinaryKind kind, Node a, Node b) => Add(new Op.Binary(kind), a, b);

    /// <summary>
    /// Drops elements of a value of any type at random and divides the others by the share that is kept; rate 0 is the identity. Srivastava et al.,
    /// JMLR 15, 2014.
    /// </summary>
    /// <param name="x">The value.</param>
    /// <param name="rate">The share dropped, in [0, 1).</param>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="IrException">The rate is not in [0, 1), or the value belongs to another program.</exception>
    public Node Dropout(Node x, float rate)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (rate == 0)
            return x;
        Node seed = State(RandomSeed, Space.One, RowShape.Scalar, Initializer.Zero);
        Node step = State(RandomStep, Space.One, RowShape.Scalar, Initializer.Zero);
        return Add(new Op.Dropout(rate, _streams++), x, seed, step);
    }

    /// <summary>
    /// The value x* that a contracting function sends to itself, found from a start in as many applications as the contraction asks for. Values from
    /// outside that the function reads are computed once.
    /// </summary>
    /// <param name="start">Where the search starts; has no gradient.</param>
    /// <param name="body">The function, of values of the start's type.</param>
    /// <param name="contraction">The factor in [0, 1) by which the function brings any two values closer, in some norm.</param>
    /// <param name="tolerance">The distance to x* at the end, relative to the length of the first step, in the same norm.</param>
    /// <exception cref="ArgumentNullException">The start or the function is null, or the function gives null.</exception>
    /// <exception cref="IrException">
    /// The function gives another type than it takes, its result is no function of its argument alone, the contraction is not in [0, 1) or the
    /// tolerance not in (0, 1), or they ask for more applications than are written out.
    /// </exception>
    public Node FixedPoint(Node start, Func<Node, Node> body, double contraction, double tolerance = 1e-6)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(body);
        Node running = Add(new Op.Leaf($"running value {_regions++}", start.Type, LeafRole.Input, Initializer.Zero));
        Node next = body(running) ?? throw new ArgumentNullException(nameof(body), "The body of a fixed point gave null instead of the next value.");
        if (!ProgramGraph.Reachable([next]).Contains(running))
            return next;
        if (next.Type != start.Type)
            throw new IrException($"The body of a fixed point must give the type {start.Type} that it takes, but gives {next.Type}.");
        Region region = Region.Close(running, next, out Node[] captures);
        return Add(new Op.FixedPoint(region, contraction, tolerance), [start, .. captures]);
    }

    /// <summary>The name of the state that holds the seed of all dropouts, a whole number below 2^24.</summary>
    public const string RandomSeed = "random.seed";

    /// <summary>The name of the state that counts training steps.</summary>
    public const string RandomStep = "random.step";

    /// <summary>Makes a node, or returns the equal one made before.</summary>
    /// <param name="op">What it computes.</param>
    /// <param name="operands">Nodes of this builder.</param>
    /// <exception cref="ArgumentNullException">The op or an operand is null.</exception>
    /// <exception cref="IrException">Spaces, maps or shapes do not fit, or an operand belongs to another program.</exception>
    public Node Add(Op op, params Node[] operands)
    {
        ArgumentNullException.ThrowIfNull(op);
        ArgumentNullException.ThrowIfNull(operands);
        foreach (Node operand in operands)
            ArgumentNullException.ThrowIfNull(operand, nameof(operands));
        Key key = new(op, operands);
        if (_nodes.TryGetValue(key, out Node? node))
            return node;
        foreach (Node operand in operands)
        {
            if (!ReferenceEquals(operand.Builder, this))
                throw new IrException($"{ProgramPrinter.Describe(op)} was given {operand} of another program; copy it first.");
        }
        node = new Node(this, _nodes.Count, op, operands, TypeRules.Infer(op, operands));
        _nodes.Add(key, node);
        return node;
    }

    /// <summary>Zeros of a type.</summary>
    /// <param name="type">The type.</param>
    internal Node Zero(TensorType type)
    {
        Node zero = Constant(0);
        return (type.Space == Space.One ? zero : zero.Along(IndexMap.ToOne(type.Space))).Expand(type.Row);
    }

    private Node Leaf(string name, Space space, RowShape row, LeafRole role, Initializer init)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(init);
        if (PlainNames.FaultOf("a tensor", name) is string fault)
            throw new IrException(fault);
        if (!init.IsFinite)
            throw new IrException($"The tensor '{name}' has the first values of a unit with {init.FanIn} inputs and {init.FanOut} outputs, for which there is no Glorot bound; give numbers that are not negative, one of them at least 1.");
        Op.Leaf leaf = new(name, new TensorType(space, row), role, init);
        if (_leaves.TryGetValue(name, out Op.Leaf? other) && other != leaf)
            throw new IrException($"The tensor '{name}' is declared twice, as {other.Type} and as {leaf.Type}; give each its own name.");
        _leaves[name] = leaf;
        return Add(leaf);
    }

    private readonly struct Key(Op op, Node[] operands) : IEquatable<Key>
    {
        private readonly Op _op = op;
        private readonly Node[] _operands = operands;

        public bool Equals(Key other) => _op.Equals(other._op) && _operands.AsSpan().SequenceEqual(other._operands);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.Add(_op);
            foreach (Node operand in _operands)
                hash.Add(RuntimeHelpers.GetHashCode(operand));
            return hash.ToHashCode();
        }
    }
}
