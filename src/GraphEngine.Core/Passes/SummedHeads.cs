using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Adds up heads where their products are made: sum_h (sum along m of x_h W_h) / d_h = sum along m of sum_h (x_h / d_h[m]) W_h, a product with longer
/// rows whose results have the width of one head. Averaged heads, as those of an attention layer that gives class scores (Velickovic et al., arXiv
/// 1710.10903, eq. 6), then are nowhere apart that is as wide as the result, but for products that are made before the sum, on source groups. Legal
/// because sums and products are linear, for numbers d_h of a row that are never 0 (0 / 0 of a row without edges would become 0): those of a softmax,
/// which late division took out of the sum, are at least 1, and go back to what is multiplied. Saves rows of all heads per group and per node, of
/// values and of their gradients.
/// </summary>
public static class SummedHeads
{
    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program)
    {
        Func<Node, bool> isInner = IsInner(program);
        return ProgramRewriter.Rewrite(program, (_, node, x) => node.Op is Op.SumHeads && ReachesProduct(node.Operands[0]) ? Sum(x[0], []) : null);

        bool ReachesProduct(Node value) => isInner(value) && value.Op switch
        {
            Op.Binary { Kind: BinaryKind.Add } => value.Operands.All(o => o.Type == value.Type) && value.Operands.Any(ReachesProduct),
            Op.Binary { Kind: BinaryKind.Div } => IsQuotient(value) && ReachesProduct(value.Operands[0]),
            Op.Reduce { Kind: ReduceKind.Sum } => value.Operands[0] is { Op: Op.Linear } product ? isInner(product) && IsProductOfHeads(product) : ReachesProduct(value.Operands[0]),
            _ => false,
        };
    }

    /// <summary>What the pass did, in a sentence.</summary>
    /// <param name="before">The program that it was given.</param>
    /// <param name="after">The program that it made.</param>
    public static string Describe(Program before, Program after)
    {
        static List<TensorType> Products(Program program) => [.. program.Nodes.Where(n => n.Op is Op.SumHeads && n.Operands[0].Op is Op.Linear).Select(n => n.Operands[0].Type)];
        List<TensorType> made = Products(after);
        Products(before).ForEach(known => made.Remove(known));
        return made.Count == 0 ? "no heads are added up after products on target groups"
            : string.Join(", ", made.Select(p => $"a product of {p.Space} makes rows of {p.Row.Columns} numbers instead of {p.Row.Heads} x {p.Row.Columns}"));
    }

    /// <summary>The products whose heads will be added up where they are made, if they are made after the sum.</summary>
    /// <param name="program">A program whose products are made on edges.</param>
    public static IReadOnlySet<Node> Candidates(Program program)
    {
        Func<Node, bool> isInner = IsInner(program);
        HashSet<Node> products = [];
        foreach (Node sum in program.Nodes.Where(n => n.Op is Op.SumHeads))
            Collect(sum.Operands[0]);
        return products;

        void Collect(Node value)
        {
            if (value.Op is Op.Linear)
            {
                // Logits may read it too: they get a product of their own.
                products.Add(value);
                return;
            }
            bool isPassed = value.Op switch
            {
                Op.Binary { Kind: BinaryKind.Add } or Op.Reduce { Kind: ReduceKind.Sum } => true,
                Op.Binary { Kind: BinaryKind.Mul } => IsNumber(value.Operands[0], value) || IsNumber(value.Operands[1], value),
                Op.Binary { Kind: BinaryKind.Div } => IsQuotient(value),
                _ => false,
            };
            if (!isPassed || !isInner(value))
                return;
            foreach (Node operand in value.Operands.Where(o => o.Row.HeadSize > 1))
                Collect(operand);
        }
    }

    /// <summary>True for values that one other value reads and nothing else: what is read elsewhere too is there with its heads apart.</summary>
    private static Func<Node, bool> IsInner(Program program)
    {
        ILookup<Node, Node> users = ProgramGraph.Users(program);
        HashSet<Node> roots = [.. program.Roots];
        return node => users[node].Count() == 1 && !roots.Contains(node);
    }

    private static bool IsNumber(Node number, Node value) => number.Row.HeadSize == 1 && number.Space == value.Space;

    /// <summary>A row over a number of each head that is at least a positive constant.</summary>
    private static bool IsQuotient(Node value) => value.Operands[0].Type == value.Type && IsNumber(value.Operands[1], value)
        && value.Operands[1].Op is Op.Binary { Kind: BinaryKind.Max } && value.Operands[1].Operands[1].Op is Op.Constant { Value: > 0 };

    private static bool IsProductOfHeads(Node product) => product.Row.Rows == 1 && product.Operands.All(o => o.Row.Heads == product.Row.Heads);

    /// <summary>The sum over heads of a value times or divided by numbers of each row and head.</summary>
    private static Node Sum(Node value, IReadOnlyList<(BinaryKind Kind, Node Number)> factors)
    {
        ProgramBuilder b = value.Builder;
        switch (value.Op)
        {
            case Op.Binary { Kind: BinaryKind.Add } when value.Operands.All(o => o.Type == value.Type):
                return Sum(value.Operands[0], factors) + Sum(value.Operands[1], factors);
            case Op.Binary { Kind: BinaryKind.Div } when IsQuotient(value):
                return Sum(value.Operands[0], [(BinaryKind.Div, value.Operands[1]), .. factors]);
            case Op.Binary { Kind: BinaryKind.Mul } when IsNumber(value.Operands[0], value) && value.Operands[1].Type == value.Type:
                return (factors.Aggregate(value.Operands[0], (number, f) => b.Binary(f.Kind, number, f.Number)) * value.Operands[1]).SumHeads();
            case Op.Reduce { Kind: ReduceKind.Sum, Map: var map }:
                return Sum(value.Operands[0], [.. factors.Select(f => (f.Kind, f.Number.Along(map)))]).Sum(map);
            case Op.Linear linear when IsProductOfHeads(value):
                return factors.Aggregate(value.Operands[0], (rows, f) => b.Binary(f.Kind, rows, f.Number)).Linear(value.Operands[1], linear.Types, linear.Transposed).SumHeads();
            default:
                return factors.Aggregate(value, (rows, f) => b.Binary(f.Kind, rows, f.Number)).SumHeads();
        }
    }
}
