using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Moves the typed products of edges to groups. All edges of a (type, node) group share a weight, so that a product may be made after the sum over a target
/// group, sum s (x W) = (sum s x) W (aggregate first), or before it, once per source group (compact materialisation, Wu et al., arXiv 2301.06284, section 3.2.2).
/// A dot product of an edge's two ends through a weight goes to either side as well. With a mixed choice each relation takes its own side: edges are divided in
/// two spaces, and both forms are there. Saves a product row for every edge beyond the first of each group, and every edge x feature tensor.
/// </summary>
public sealed class ProductSides
{
    private readonly SideChoice _choice;

    private ProductSides(SideChoice choice) => _choice = choice;

    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    /// <param name="choice">Where products are allowed.</param>
    public static Program Run(Program program, SideChoice choice)
    {
        ProductSides pass = new(choice);
        // Sums and dots decide where their products are made; a product that something else reads follows afterwards.
        program = ProgramRewriter.Rewrite(program, (_, node, x) => pass.Sum(node, x) ?? pass.Dot(node, x));
        return ProgramRewriter.Rewrite(program, (_, node, x) => pass.Other(node, x));
    }

    /// <summary>sum over m of s (x W), s a number per edge and head.</summary>
    private Node? Sum(Node node, Node[] x)
    {
        if (node.Op is not Op.Reduce { Kind: ReduceKind.Sum } sum)
            return null;
        (Node? scale, Node body) = Scaled(x[0]);
        if (body.Op is not Op.Linear linear)
            return null;
        Node input = body.Operands[0], weight = body.Operands[1];
        if (_choice.Sides is not null && sum.Map == IndexMap.EdgeTarget && input.Op is Op.Gather { Map: var read } && read == IndexMap.EdgeSource)
            return MixedSum(scale, input.Operands[0], weight, linear.Transposed);
        if (_choice.AllowTargets && Group(sum.Map, linear.Types) is { } after)
            return Tail(Times(scale, input).Sum(after.Group).Linear(weight, after.Type, linear.Transposed), after.Remainder);
        return _choice.AllowSources && Compact(body) is Node product ? Times(scale, product).Sum(sum.Map) : null;
    }

    private static Node MixedSum(Node? scale, Node nodes, Node weight, bool transposed)
    {
        Node late = Times(scale?.Along(SideMaps.TargetEdge), nodes.Along(SideMaps.TargetEdgeSource))
            .Sum(SideMaps.TargetEdgeGroup).Linear(weight, SideMaps.TargetGroupType, transposed).Sum(SideMaps.TargetGroupNode);
        Node early = Times(scale?.Along(SideMaps.SourceEdge), nodes.Along(SideMaps.SourceGroupNode).Linear(weight, SideMaps.SourceGroupType, transposed).Along(SideMaps.SourceEdgeGroup))
            .Sum(SideMaps.SourceEdgeTarget);
        return late + early;
    }

    /// <summary>(x W) . y = x . (y W^T), x and y read at the two ends of an edge.</summary>
    private Node? Dot(Node node, Node[] x)
    {
        if (node.Op is not Op.ReduceColumns { Kind: ReduceKind.Sum } || x[0].Op is not Op.Binary { Kind: BinaryKind.Mul })
            return null;
        (Node a, Node b) = (x[0].Operands[0], x[0].Operands[1]);
        if (a.Op is not Op.Linear)
            (a, b) = (b, a);
        if (a.Op is not Op.Linear linear || a.Operands[0].Op is not Op.Gather near || b.Op is not Op.Gather far || a.Row.Columns != b.Row.Columns)
            return null;
        Node from = a.Operands[0].Operands[0], to = b.Operands[0], weight = a.Operands[1];
        if (_choice.Sides is not null && near.Map == IndexMap.EdgeSource && far.Map == IndexMap.EdgeTarget)
        {
            Node late = from.Along(SideMaps.TargetEdgeSource)
                .Dot(to.Along(SideMaps.TargetGroupNode).Linear(weight, SideMaps.TargetGroupType, !linear.Transposed).Along(SideMaps.TargetEdgeGroup));
            Node early = from.Along(SideMaps.SourceGroupNode).Linear(weight, SideMaps.SourceGroupType, linear.Transposed).Along(SideMaps.SourceEdgeGroup)
                .Dot(to.Along(SideMaps.SourceEdgeTarget));
            return late.Union(SideMaps.TargetEdge, early, SideMaps.SourceEdge);
        }
        if (_choice.AllowTargets && Group(far.Map, linear.Types) is { Remainder: IndexMap rest } group)
            return a.Operands[0].Dot(to.Along(rest).Linear(weight, group.Type, !linear.Transposed).Along(group.Group));
        return null;
    }

    /// <summary>x[m(e)] W[t(e)] = (x W[s])[m(e)] when t = s after m: what is left of typed products, and of sums and dots of their values.</summary>
    private Node? Other(Node node, Node[] x) => node.Op is Op.Linear linear && (_choice.AllowSources || _choice.AllowTargets) ? Compact(x[0], x[1], linear) : null;

    private static Node? Compact(Node product) => Compact(product.Operands[0], product.Operands[1], (Op.Linear)product.Op);

    private static Node? Compact(Node input, Node weight, Op.Linear linear)
    {
        if (input.Op is not Op.Gather gather || Group(gather.Map, linear.Types) is not { } group)
            return null;
        Node read = group.Remainder is null ? input.Operands[0] : input.Operands[0].Along(group.Remainder);
        return read.Linear(weight, group.Type, linear.Transposed).Along(group.Group);
    }

    /// <summary>The groups a map leads through whose rows have one type each: the map to them, their type, and what remains of the map.</summary>
    private static (IndexMap Group, IndexMap Type, IndexMap? Remainder)? Group(IndexMap map, IndexMap types)
    {
        foreach ((IndexMap group, IndexMap type) in types.Factorizations)
        {
            if (map == group)
                return (group, type, null);
            foreach ((IndexMap first, IndexMap second) in map.Factorizations)
            {
                if (first == group)
                    return (group, type, second);
            }
        }
        return null;
    }

    private static (Node? Scale, Node Body) Scaled(Node node)
    {
        if (node.Op is not Op.Binary { Kind: BinaryKind.Mul })
            return (null, node);
        (Node a, Node b) = (node.Operands[0], node.Operands[1]);
        if (a.Op is Op.Linear)
            (a, b) = (b, a);
        return a.Row.HeadSize == 1 && a.Space == b.Space ? (a, b) : (null, node);
    }

    private static Node Times(Node? scale, Node value) => scale is null ? value : scale * value;

    private static Node Tail(Node groups, IndexMap? rest) => rest is null ? groups : groups.Sum(rest);
}
