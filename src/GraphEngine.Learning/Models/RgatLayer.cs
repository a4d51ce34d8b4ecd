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
public sealed record RgatLayer(
    string Name, int Out, int Heads = 1, bool Average = false, bool WithinRelation = false, bool SharedAttention = false, bool SelfLoop = true, bool Bias = true, float AttentionDropout = 0)
{
    private const float Slope = 0.2f;

    /// <summary>The layer on node features.</summary>
    /// <param name="h">A vector per node.</param>
    /// <returns>A vector of width <see cref="Out"/> per node, before any activation.</returns>
    public Node Apply(Node h)
    {
        ProgramBuilder b = h.Builder;
        int width = Average ? Out : Out / Heads;
        Node weight = b.Parameter($"{Name}.weight", Space.EdgeTypes, new RowShape(Heads, h.Row.Columns, width));
        Node source = h.Along(IndexMap.EdgeSource).Linear(weight, IndexMap.EdgeType), target = h.Along(IndexMap.EdgeTarget).Linear(weight, IndexMap.EdgeType);
        Node logits = (source.Dot(Attention(b, "source", width)) + target.Dot(Attention(b, "target", width))).LeakyRelu(Slope);
        Node alpha = b.Dropout(logits.Softmax(WithinRelation ? IndexMap.EdgeTargetGroup : IndexMap.EdgeTarget), AttentionDropout);
        Node sum = (alpha * source).Sum(IndexMap.EdgeTarget);
        Node y = Average ? sum.SumHeads() * (1.0 / Heads) : sum.Reshape(RowShape.Vector(Out));
        if (SelfLoop)
            y += h.Linear(b.Parameter($"{Name}.root", Space.One, RowShape.Matrix(h.Row.Columns, Out)));
        return Bias ? y + b.Parameter($"{Name}.bias", Space.One, RowShape.Vector(Out), Initializer.Zero) : y;
    }

    private Node Attention(ProgramBuilder b, string end, int width)
    {
        Space space = SharedAttention ? Space.One : Space.EdgeTypes;
        Node vectors = b.Parameter($"{Name}.attention.{end}", space, new RowShape(Heads, 1, width), Initializer.Glorot(width, 1));
        return vectors.Along(SharedAttention ? IndexMap.ToOne(Space.Edges) : IndexMap.EdgeType);
    }
}
