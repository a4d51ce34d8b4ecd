using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Removes arithmetic that does nothing: neutral constants, double negation, constant folding, widenings that broadcasting does anyway. Every rule
/// keeps the value, but for the rounding of constants that are multiplied first, so it is legal everywhere; rules are tried in the order of the
/// table, the first match wins.
/// </summary>
public static class Simplify
{
    private static readonly IReadOnlyList<Func<ProgramBuilder, Op, Node[], Node?>> Rules =
    [
        // Constants
        (b, op, x) => op is Op.Binary f && Value(x[0]) is double u && Value(x[1]) is double v ? b.Constant(ScalarFunctions.Apply(f.Kind, u, v)) : null,
        (b, op, x) => op is Op.Unary { Kind: UnaryKind.Neg } && Value(x[0]) is double v ? b.Constant(-v) : null,

        // x + 0, x - 0, x * 1, x / 1
        (_, op, x) => op is Op.Binary { Kind: BinaryKind.Add } && IsZero(x[0]) ? Widened(x[1], op, x) : null,
        (_, op, x) => op is Op.Binary { Kind: BinaryKind.Add or BinaryKind.Sub } && IsZero(x[1]) ? Widened(x[0], op, x) : null,
        (_, op, x) => op is Op.Binary { Kind: BinaryKind.Mul } && IsOne(x[0]) ? Widened(x[1], op, x) : null,
        (_, op, x) => op is Op.Binary { Kind: BinaryKind.Mul or BinaryKind.Div } && IsOne(x[1]) ? Widened(x[0], op, x) : null,

        // -(-x), a + (-b), a - (-b), (-a) * (-b)
        (_, op, x) => op is Op.Unary { Kind: UnaryKind.Neg } && Negated(x[0]) is Node inner ? inner : null,
        (_, op, x) => op is Op.Binary { Kind: BinaryKind.Add } && Negated(x[1]) is Node inner ? x[0] - inner : null,
        (_, op, x) => op is Op.Binary { Kind: BinaryKind.Sub } && Negated(x[1]) is Node inner ? x[0] + inner : null,
        (_, op, x) => op is Op.Binary { Kind: BinaryKind.Mul } && Negated(x[0]) is Node a && Negated(x[1]) is Node c ? a * c : null,

        // (x * c) * d = x * (c d)
        (b, op, x) => op is Op.Binary { Kind: BinaryKind.Mul } && Value(x[1]) is double d && x[0].Op is Op.Binary { Kind: BinaryKind.Mul } && Value(x[0].Operands[1]) is double c && IsHeld(c, d)
            ? x[0].Operands[0] * b.Constant(c * d) : null,

        // A bias comes second: passes look for it there, and a sum is the same in either order.
        (_, op, x) => op is Op.Binary { Kind: BinaryKind.Add } && IsBias(x[0]) && !IsBias(x[1]) ? x[1] + x[0] : null,

        // Broadcasting widens by itself: an operand need not be widened first when the other one is wide enough.
        (b, op, x) => op is Op.Binary f && x[0].Op is Op.Expand && Fits(x[0].Operands[0], x[1], x) ? b.Binary(f.Kind, x[0].Operands[0], x[1]) : null,
        (b, op, x) => op is Op.Binary f && x[1].Op is Op.Expand && Fits(x[0], x[1].Operands[0], x) ? b.Binary(f.Kind, x[0], x[1].Operands[0]) : null,

        // A shared value read along a map to one is what broadcasting gives as well.
        (b, op, x) => op is Op.Binary f && x[1].Op is Op.Gather { Map: var m1 } && m1.To == Space.One && x[0].Space == x[1].Space && x[0].Space != Space.One ? b.Binary(f.Kind, x[0], x[1].Operands[0]) : null,
        (b, op, x) => op is Op.Binary f && x[0].Op is Op.Gather { Map: var m0 } && m0.To == Space.One && x[0].Space == x[1].Space && x[0].Space != Space.One ? b.Binary(f.Kind, x[0].Operands[0], x[1]) : null,

        // Rows of one type, put among all nodes and taken out again; among them there is nothing of other types.
        (b, op, x) => op is Op.Gather { Map.IsInclusion: true } g && x[0].Op is Op.Reduce { Kind: ReduceKind.Sum, Map.IsInclusion: true } sum ? TakenOut(b, g.Map, sum.Map, x[0]) : null,

        // Sums along the two parts of a space are the values of the parts, side by side.
        (_, op, x) => op is Op.Binary { Kind: BinaryKind.Add } ? Parts(x[0], x[1]) : null,
        (_, op, x) => op is Op.Binary { Kind: BinaryKind.Add } && x[0].Op is Op.Binary { Kind: BinaryKind.Add } && Parts(x[0].Operands[1], x[1]) is Node whole ? x[0].Operands[0] + whole : null,
        (_, op, x) => op is Op.Binary { Kind: BinaryKind.Add } && x[0].Op is Op.Binary { Kind: BinaryKind.Add } && Parts(x[0].Operands[0], x[1]) is Node whole ? whole + x[0].Operands[1] : null,

        // Shapes
        (_, op, x) => op is Op.Reshape r && r.Type == x[0].Type ? x[0] : null,
        (_, op, x) => op is Op.Reshape r && x[0].Op is Op.Reshape ? x[0].Operands[0].Reshape(r.Type) : null,
        (_, op, x) => op is Op.SumHeads && x[0].Row.Heads == 1 ? x[0] : null,
        (_, op, x) => op is Op.ReduceColumns && x[0].Row.Columns == 1 ? x[0] : null,
    ];

    /// <summary>Runs the pass until nothing changes.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program) =>
        ProgramRewriter.Repeat(program, p => ProgramRewriter.Rewrite(p, (b, node, x) => Rules.Select(rule => rule(b, node.Op, x)).FirstOrDefault(r => r is not null)));

    private static double? Value(Node node) => node.Op is Op.Constant c ? c.Value : null;

    private static bool IsZero(Node node) => IsConstant(node, 0);

    private static bool IsOne(Node node) => IsConstant(node, 1);

    private static bool IsConstant(Node node, double value) => node.Op switch
    {
        Op.Constant c => c.Value == value,
        Op.Expand or Op.Gather => IsConstant(node.Operands[0], value),
        _ => false,
    };

    /// <summary>True where kernels, which compute in single precision, hold the product of two constants as well as each of them.</summary>
    private static bool IsHeld(double a, double b) => a == 0 || b == 0 || float.IsNormal((float)(a * b));

    private static bool IsBias(Node node) => node.Op is Op.Gather { Map.To.IsSmall: true };

    private static Node? Negated(Node node) => node.Op is Op.Unary { Kind: UnaryKind.Neg } ? node.Operands[0] : null;

    /// <summary>The operand that is left, if it has the shape and space of the whole or can be widened to it.</summary>
    private static Node? Widened(Node left, Op op, Node[] x)
    {
        TensorType whole = TypeRules.Infer(op, x);
        return left.Space == whole.Space ? left.Expand(whole.Row) : null;
    }

    private static Node? TakenOut(ProgramBuilder b, IndexMap taken, IndexMap put, Node among) => taken == put ? among.Operands[0]
        : put.From != Space.OfType(put.To, put.From.NodeType!) ? null
        : taken.From.NodeType == put.From.NodeType ? among.Operands[0].Along(IndexMap.Inclusion(taken.From, put.From))
        : b.Zero(new TensorType(taken.From, among.Row));

    private static Node? Parts(Node a, Node b) => (a.Op, b.Op) is (Op.Reduce { Kind: ReduceKind.Sum } m, Op.Reduce { Kind: ReduceKind.Sum } n)
        ? AreSides(m.Map, n.Map) ? a.Operands[0].Union(m.Map, b.Operands[0], n.Map)
        : AreSides(n.Map, m.Map) ? b.Operands[0].Union(n.Map, a.Operands[0], m.Map)
        : null
        : null;

    /// <summary>True for the edges of both sides among those of both.</summary>
    private static bool AreSides(IndexMap first, IndexMap second) => EdgeSet.Of(first.From) is { Sides: not null, IsTargetSide: true } side && first == side.Edge && second == side.OtherSide.Edge;

    private static bool Fits(Node a, Node b, Node[] x) => a.Row.Broadcast(b.Row) is RowShape row && row == x[0].Row.Broadcast(x[1].Row);
}
