using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Models;

/// <summary>
/// One layer of a relational graph attention network, Busbridge et al., arXiv 1904.05811, additive attention: with z_v,r = h_v W_r, s_e =
/// LeakyReLU(z_u,r . a_r + z_v,r . b_r) for an edge e = (u, r, v), alpha = softmax of s over all edges into v (eq. 7, across relations) or over those
/// of one relation (eq. 6), h'_v = sum over e of alpha_e z_u,r, + h_v W_0 + b. Heads side by side, or their mean.
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
/// <param name="Bases">The number of bases of W_r = sum_b c_rb B_b (section 3.2), the self loop being one more relation; 0 for one weight per
/// relation. Of one head.</param>
public sealed record RgatLayer(
    string Name, int Out, int Heads = 1, bool Average = false, bool WithinRelation = false, bool SharedAttention = false, bool SelfLoop = true, bool Bias = true, float AttentionDropout = 0,
    int Bases = 0)
{
    private const float Slope = 0.2f;

    /// <summary>The layer on node features.</summary>
    /// <param name="h">A vector per node.</param>
    /// <returns>A vector of width <see cref="Out"/> per node, before any activation.</returns>
    public Node Apply(Node h) => Combine(new RelationProducts.OfFeatures(h, Name, Product, Bases, Mixing));

    /// <summary>
    /// The layer on nodes without features. With one-hot input h_v W_r is row v of W_r, so the weights, or their bases, are tables of rows; without
    /// bases only rows that some edge reads at its source or at its target exist.
    /// </summary>
    /// <param name="b">The builder.</param>
    /// <param name="nodes">The number of nodes, for the scale of the first values.</param>
    public Node ApplyFeatureless(ProgramBuilder b, int nodes) => Combine(new RelationProducts.OfOneHot(b, nodes, ReadsTargets: true, Name, Product, Bases, Mixing));

    private RowShape Product => new(Heads, 1, Average ? Out : Out / Heads);

    private Initializer Mixing => Initializer.Glorot(Bases, Bases);

    private Node Combine(RelationProducts products)
    {
        ProgramBuilder b = products.Builder;
        Node source = products.AtSource, target = products.AtTarget;
        Node logits = (source.Dot(Attention(b, "source")) + target.Dot(Attention(b, "target"))).LeakyRelu(Slope);
        Node alpha = b.Dropout(logits.Softmax(WithinRelation ? IndexMap.EdgeTargetGroup : IndexMap.EdgeTarget), AttentionDropout);
        Node sum = (alpha * source).Sum(IndexMap.EdgeTarget);
        Node y = Average ? sum.SumHeads() * (1.0 / Heads) : sum.Reshape(RowShape.Vector(Out));
        if (SelfLoop)
            y += products.Self(Out);
        return Bias ? y + b.Parameter($"{Name}.bias", Space.One, RowShape.Vector(Out), Initializer.Zero) : y;
    }

    private Node Attention(ProgramBuilder b, string end)
    {
        Space space = SharedAttention ? Space.One : Space.EdgeTypes;
        Node vectors = b.Parameter($"{Name}.attention.{end}", space, Product, Initializer.Glorot(Product.Columns, 1));
        return vectors.Along(SharedAttention ? IndexMap.ToOne(Space.Edges) : IndexMap.EdgeType);
    }
}
