using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Moves the typed products of edges to groups. All edges of a (type, node) group share a weight, so that a product may be made after the sum over a
/// target group, sum s (x W) = (sum s x) W (aggregate first), or before it, once per source group (compact materialisation, Wu et al., arXiv
/// 2301.06284, section 3.2.2). A dot product of an edge's two ends through a weight goes to either side as well. With a mixed choice each relation
/// takes its own side: edges are divided in two spaces, and both forms are there. Saves a product row for every edge beyond the first of each group,
/// and every edge x feature tensor.
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

    /// <summary>sum over m of s (x W + b), s a number per edge and head.</summary>
    private Node? Sum(Node node, Node[] x)
    {
        if (node.Op is not Op.Reduce { Kind: ReduceKind.Sum } sum)
            return null;
        (Node? scale, Node body) = Scaled(x[0]);
        if (TypedProduct.Match(body) is not { } product)
            return null;
        Node input = product.Input;
        if (Divided(product) is EdgeSet edges && sum.Map == edges.Target && input.Op is Op.Gather { Map: var read } && read == edges.Source)
            return MixedSum(scale, input.Operands[0], product, edges);
        if (_choice.AllowTargets && Group(sum.Map, product.Types) is { } after)
            return Tail(product.OfSum(scale, input, after.Group, after.Type), after.Remainder);
        return _choice.AllowSources && Compact(product) is Node early ? Times(scale, early).Sum(sum.Map) : null;
    }

    /// <summary>
    /// The edges of a product where every relation has a side of its own; null where all have the same one. Weights that relations share are on one
    /// side for all.
    /// </summary>
    private EdgeSet? Divided(TypedProduct product) => _choice.Sides is not null && EdgeSet.Of(product.Types.From) is { Sides: null } edges && product.Types == edges.Type ? edges : null;

    private Node MixedSum(Node? scale, Node nodes, TypedProduct product, EdgeSet edges)
    {
        (EdgeSet t, EdgeSet s) = (edges.TargetSide(_choice.Sides!), edges.SourceSide(_choice.Sides!));
        Node late = product.OfSum(scale?.Along(t.Edge), nodes.Along(t.Source), t.TargetGroup, t.TargetGroupType).Sum(t.TargetGroupNode);
        Node early = Times(scale?.Along(s.Edge), product.Of(nodes.Along(s.SourceGroupNode), s.SourceGroupType).Along(s.SourceGroup)).Sum(s.Target);
        return late + early;
    }

    /// <summary>(x W + b) . y = x . (y W^T) + b . y, x and y read at the two ends of an edge.</summary>
    private Node? Dot(Node node, Node[] x)
    {
        if (node.Op is not Op.ReduceColumns { Kind: ReduceKind.Sum } || x[0].Op is not Op.Binary { Kind: BinaryKind.Mul })
            return null;
        (Node a, Node b) = (x[0].Operands[0], x[0].Operands[1]);
        (TypedProduct? left, TypedProduct? right) = (TypedProduct.Match(a), TypedProduct.Match(b));
        (TypedProduct? product, Node other) = left is not null ? (left, b) : (right, a);
        if (product?.Input.Op is not Op.Gather near || other.Op is not Op.Gather far || a.Row.Columns != b.Row.Columns)
            return null;
        Node from = product.Input.Operands[0], to = other.Operands[0];
        if (Divided(product) is EdgeSet edges && near.Map == edges.Source && far.Map == edges.Target)
        {
            (EdgeSet t, EdgeSet s) = (edges.TargetSide(_choice.Sides!), edges.SourceSide(_choice.Sides!));
            Node late = product.OfDot(from.Along(t.Source), to.Along(t.TargetGroupNode), t.TargetGroup, t.TargetGroupType);
            Node early = product.Of(from.Along(s.SourceGroupNode), s.SourceGroupType).Along(s.SourceGroup).Dot(to.Along(s.Target));
            return late.Union(t.Edge, early, s.Edge);
        }
        if (_choice.AllowTargets && Group(far.Map, product.Types) is { Remainder: IndexMap rest } group)
            return product.OfDot(product.Input, to.Along(rest), group.Group, group.Type);
        return _choice.AllowSources && Compact(product) is Node compact ? compact.Dot(other) : null;
    }

    /// <summary>x[m(e)] W[t(e)] = (x W[s])[m(e)] when t = s after m: what is left of typed products, and of sums and dots of their values.</summary>
    private Node? Other(Node node, Node[] x) =>
        node.Op is Op.Linear linear && (_choice.AllowSources || _choice.AllowTargets) ? Compact(new TypedProduct(x[0], x[1], linear.Types, linear.Transposed, null)) : null;

    private static Node? Compact(TypedProduct product)
    {
        if (product.Input.Op is not Op.Gather gather || Group(gather.Map, product.Types) is not { } group)
            return null;
        Node read = group.Remainder is null ? product.Input.Operands[0] : product.Input.Operands[0].Along(group.Remainder);
        return product.Of(read, group.Type).Along(group.Group);
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
        if (TypedProduct.Match(a) is not null)
            (a, b) = (b, a);
        return a.Row.HeadSize == 1 && a.Space == b.Space ? (a, b) : (null, node);
    }

    private static Node Times(Node? scale, Node value) => scale is null ? value : scale * value;

    private static Node Tail(Node groups, IndexMap? rest) => rest is null ? groups : groups.Sum(rest);

    /// <summary>x W + b with the weight and the bias of each row's type.</summary>
    private sealed record TypedProduct(Node Input, Node Weight, IndexMap Types, bool Transposed, Node? Bias)
    {
        public static TypedProduct? Match(Node node)
        {
            (Node product, Node? bias) = node.Op is Op.Binary { Kind: BinaryKind.Add } && node.Operands[1].Op is Op.Gather ? (node.Operands[0], node.Operands[1]) : (node, null);
            return product.Op is Op.Linear linear && (bias is null || ((Op.Gather)bias.Op).Map == linear.Types)
                ? new TypedProduct(product.Operands[0], product.Operands[1], linear.Types, linear.Transposed, bias?.Operands[0])
                : null;
        }

        /// <summary>The product of other rows.</summary>
        public Node Of(Node rows, IndexMap types) => Biased(rows.Linear(Weight, types, Transposed), bias => bias.Along(types));

        /// <summary>
        /// The sum of scaled products over groups of one type each: the product of the sum, and the bias times the sum of the scales.
        /// </summary>
        public Node OfSum(Node? scale, Node rows, IndexMap group, IndexMap types) => Biased(
            Times(scale, rows).Sum(group).Linear(Weight, types, Transposed),
            bias => (scale ?? rows.Builder.Constant(1).Along(IndexMap.ToOne(group.From))).Sum(group) * bias.Along(types));

        /// <summary>The dots of products with vectors of groups of one type each.</summary>
        public Node OfDot(Node rows, Node vectors, IndexMap group, IndexMap types)
        {
            Node product = rows.Dot(vectors.Linear(Weight, types, !Transposed).Along(group));
            return Biased(product, bias => bias.Along(types).Dot(vectors).Along(group));
        }

        private Node Biased(Node product, Func<Node, Node> bias) => Bias is null ? product : product + bias(Bias);
    }
}
