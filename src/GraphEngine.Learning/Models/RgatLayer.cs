using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Models;

/// <summary>
/// One layer of a relational graph attention network, Busbridge et al., arXiv 1904.05811, additive attention: with z_v,r = h_v W_r,
/// s_e = LeakyReLU(z_u,r . a_r + z_v,r . b_r) for an edge e = (u, r, v), alpha = softmax of s over all edges into v (eq. 7, across relations) or over those of
/// one relation (eq. 6), h'_v = sum over e of alpha_e z_u,r, + h_v W_0 + b. Heads side by side, or their mean.
/// </summary>
/// <param name="Name">Prefix of the parameters' names.</param>
/// <param name="Out">The width of the result; of each head, when heads are averaged.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Average">True to average heads, false to lay them side by side.</param>
/// <param name="WithinRelation">True to normalise attention among the edges of one relation.</param>
/// <param name="SharedAttention">True for one pair of vectors a, b instead of one per relation.</param>
/// <param name="SelfLoop">True to add h_v W_0.</param>
/// <param name="Bias">True to add b.</param>
/// <param name="AttentionDropout">The share of attention weights dropped.</param>
/// <param name="Bases">The number of bases of W_r = sum_b c_rb B_b (section 3.2), the self loop being one more relation; 0 for one weight per relation. Of one head.</param>
public sealed record RgatLayer(
    string Name, int Out, int Heads = 1, bool Average = false, bool WithinRelation = false, bool SharedAttention = false, bool SelfLoop = true, bool Bias = true, float AttentionDropout = 0,
    int Bases = 0)
{
    private const float Slope = 0.2f;

    /// <summary>The layer on node features.</summary>
    /// <param name="h">A vector per node.</param>
    /// <returns>A vector of width <see cref="Out"/> per node, before any activation.</returns>
    public Node Apply(Node h)
    {
        ProgramBuilder b = h.Builder;
        RowShape matrix = RowShape.Matrix(h.Row.Columns, Width);
        Node? bases = Bases > 0 ? b.Parameter($"{Name}.bases", Space.One, RowShape.Matrix(Bases, matrix.Size), Initializer.Glorot(h.Row.Columns, Width)) : null;
        Node weight = bases is null ? b.Parameter($"{Name}.weight", Space.EdgeTypes, matrix with { Heads = Heads }) : Mix(b, Space.EdgeTypes).Linear(bases).Reshape(matrix);
        Node? root = !SelfLoop ? null
            : bases is null ? b.Parameter($"{Name}.root", Space.One, RowShape.Matrix(h.Row.Columns, Out)) : Mix(b, Space.One).Linear(bases).Reshape(matrix);
        return Combine(
            h.Along(IndexMap.EdgeSource).Linear(weight, IndexMap.EdgeType), h.Along(IndexMap.EdgeTarget).Linear(weight, IndexMap.EdgeType), root is null ? null : h.Linear(root));
    }

    /// <summary>
    /// The layer on nodes without features. With one-hot input h_v W_r is row v of W_r, so the weights, or their bases, are tables of rows; without bases only rows that
    /// some edge reads at its source or at its target exist.
    /// </summary>
    /// <param name="b">The builder.</param>
    /// <param name="nodes">The number of nodes, for the scale of the first values.</param>
    public Node ApplyFeatureless(ProgramBuilder b, int nodes)
    {
        Initializer init = Initializer.Glorot(nodes, Width);
        if (Bases > 0)
        {
            // One head per basis: a row is the sum of its bases' rows, weighted by the relation's coefficients.
            RowShape perBasis = new(Bases, 1, 1);
            Node bases = b.Parameter($"{Name}.bases", Space.Nodes, new RowShape(Bases, 1, Width), init), mix = Mix(b, Space.EdgeTypes).Reshape(perBasis);
            Node Mixed(IndexMap groups, IndexMap type, IndexMap node) => (mix.Along(type) * bases.Along(node)).SumHeads().Along(groups);
            return Combine(
                Mixed(IndexMap.EdgeSourceGroup, IndexMap.SourceGroupType, IndexMap.SourceGroupNode), Mixed(IndexMap.EdgeTargetGroup, IndexMap.TargetGroupType, IndexMap.TargetGroupNode),
                SelfLoop ? (Mix(b, Space.One).Reshape(perBasis) * bases).SumHeads() : null);
        }
        Node Rows(string end, IndexMap groups) => b.Parameter($"{Name}.weight.{end}", groups.To, new RowShape(Heads, 1, Width), init).Along(groups);
        return Combine(
            Rows("source", IndexMap.EdgeSourceGroup), Rows("target", IndexMap.EdgeTargetGroup),
            SelfLoop ? b.Parameter($"{Name}.root", Space.Nodes, RowShape.Vector(Out), init) : null);
    }

    /// <summary>The coefficients of the bases, per relation or of the self loop.</summary>
    private Node Mix(ProgramBuilder b, Space space) => b.Parameter(
        $"{Name}.{(space == Space.One ? "self" : "coefficients")}", space, RowShape.Vector(Bases), Initializer.Glorot(Bases, Bases));

    private int Width => Average ? Out : Out / Heads;

    private Node Combine(Node source, Node target, Node? self)
    {
        ProgramBuilder b = source.Builder;
        Node logits = (source.Dot(Attention(b, "source")) + target.Dot(Attention(b, "target"))).LeakyRelu(Slope);
        Node alpha = b.Dropout(logits.Softmax(WithinRelation ? IndexMap.EdgeTargetGroup : IndexMap.EdgeTarget), AttentionDropout);
        Node sum = (alpha * source).Sum(IndexMap.EdgeTarget);
        Node y = Average ? sum.SumHeads() * (1.0 / Heads) : sum.Reshape(RowShape.Vector(Out));
        if (self is not null)
            y += self;
        return Bias ? y + b.Parameter($"{Name}.bias", Space.One, RowShape.Vector(Out), Initializer.Zero) : y;
    }

    private Node Attention(ProgramBuilder b, string end)
    {
        Space space = SharedAttention ? Space.One : Space.EdgeTypes;
        Node vectors = b.Parameter($"{Name}.attention.{end}", space, new RowShape(Heads, 1, Width), Initializer.Glorot(Width, 1));
        return vectors.Along(SharedAttention ? IndexMap.ToOne(Space.Edges) : IndexMap.EdgeType);
    }
}
