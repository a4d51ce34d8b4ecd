using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Scales weights instead of what edges make with them: s (x W) = x (s W), and s ((x W) . q) = (x (s W)) . q, where the number s belongs to the type
/// of the edge, as the priors of HGT do. Edges are then multiplied by nothing, and the gradient of s is made of that of the weight, type by type,
/// instead of from a number of every edge. It costs a few passes over the weights, so that counts decide.
/// </summary>
public static class ScaledWeights
{
    // A weight is read, scaled and stored; its gradient is scaled as well, and multiplied with it for the gradient of the number.
    private const double PassesOverWeights = 4;

    // The product without the factor and the gradient of the factor are stored and read, and the factor itself is read three times.
    private const double PassesOverEdges = 6;

    // Products of the weight wait for the scaled one, in a launch of its own.
    private const double LeastGain = 3;

    /// <summary>Runs the pass until nothing changes: a product may have several factors.</summary>
    /// <param name="program">The program.</param>
    /// <param name="statistics">The graph it will run on; without it nothing is scaled.</param>
    public static Program Run(Program program, RelationStatistics? statistics) => statistics is null ? program : ProgramRewriter.Repeat(program, p => Once(p, statistics));

    private static Program Once(Program program, RelationStatistics statistics)
    {
        ILookup<Node, Node> users = ProgramGraph.Users(program);
        HashSet<Node> roots = [.. program.Roots];
        return ProgramRewriter.Rewrite(program, (_, node, x) => node.Op is Op.Binary { Kind: BinaryKind.Mul } ? Scaled(node.Operands, x, 0) ?? Scaled(node.Operands, x, 1) : null);

        // What nothing else reads need not be made without the factor as well.
        bool IsInner(Node node) => users[node].Count() == 1 && !roots.Contains(node);

        Node? Scaled(IReadOnlyList<Node> old, Node[] x, int factor) =>
            x[factor] is { Op: Op.Gather { Map: var map }, Row.HeadSize: 1 } gather && map.Is(IndexMap.EdgeType) && IsInner(old[1 - factor]) && FiniteValues.Holds(gather) ? Times(old[1 - factor], x[1 - factor], gather.Operands[0]) : null;

        Node? Times(Node old, Node value, Node number)
        {
            switch (value.Op)
            {
                case Op.Linear linear when old.Op == value.Op && linear.Types.Is(IndexMap.EdgeType) && IsWorthIt(value, number):
                    return value.Operands[0].Linear(Scale(value.Operands[1], number), linear.Types, linear.Transposed);
                // What was rewritten is another value than before, and the next run's.
                case Op.ReduceColumns { Kind: ReduceKind.Sum } when old.Op == value.Op && value.Operands[0].Op is Op.Binary { Kind: BinaryKind.Mul } && IsInner(old.Operands[0]):
                    (Node oldProduct, Node product) = (old.Operands[0], value.Operands[0]);
                    for (int i = 0; i < 2; i++)
                    {
                        if (IsInner(oldProduct.Operands[i]) && Times(oldProduct.Operands[i], product.Operands[i], number) is Node scaled)
                            return scaled.Dot(product.Operands[1 - i]);
                    }
                    return null;
                default:
                    return null;
            }
        }

        bool IsWorthIt(Node product, Node number)
        {
            RowShape weight = product.Operands[1].Row;
            double edges = statistics.Of(EdgeSet.Of(product.Space)!).Edges.Sum(e => (double)e);
            return (number.Row.Heads == 1 || number.Row.Heads == weight.Heads)
                && PassesOverEdges * edges * product.Row.Heads > LeastGain * PassesOverWeights * statistics.Edges.Count * weight.Size;
        }
    }

    private static Node Scale(Node weight, Node number) => (weight.Reshape(new RowShape(weight.Row.Heads, 1, weight.Row.HeadSize)) * number).Reshape(weight.Row);
}
