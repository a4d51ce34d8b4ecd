using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Models;

/// <summary>
/// One layer of the heterogeneous graph transformer, Hu et al., arXiv 2003.01332, eqs. 3 to 5: keys, queries and values per node type, k = h K_t, q =
/// h Q_t, v = h V_t; for an edge e = (u, r, w) and each head s_e = (k_u A_r) . q_w mu_r / sqrt(d), alpha = softmax of s over all edges into w, o_w =
/// sum over e of alpha_e v_u M_r; h'_w = g_t (gelu(o_w) O_t + c_t) + (1 - g_t) h_w with g_t = sigmoid(skip_t), the last term and the gate only where
/// widths agree.
/// </summary>
/// <param name="Name">Prefix of the parameters' names.</param>
/// <param name="Out">The width of the result.</param>
/// <param name="Width">The width of all heads together.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Normalize">True to normalise each result to mean 0 and variance 1, with a scale and a shift per node type (Ba et al., arXiv
/// 1607.06450).</param>
/// <param name="AttentionDropout">The share of attention weights dropped.</param>
public sealed record HgtLayer(string Name, int Out, int Width, int Heads = 1, bool Normalize = false, float AttentionDropout = 0)
{
    private const double Epsilon = 1e-5;

    /// <summary>The layer on node features.</summary>
    /// <param name="h">A vector per node.</param>
    /// <returns>A vector of width <see cref="Out"/> per node, before any activation.</returns>
    public Node Apply(Node h)
    {
        ProgramBuilder b = h.Builder;
        int depth = Width / Heads;
        Node Relation(string name) => b.Parameter($"{Name}.{name}", Space.EdgeTypes, new RowShape(Heads, depth, depth));
        Node prior = b.Parameter($"{Name}.prior", Space.EdgeTypes, new RowShape(Heads, 1, 1), Initializer.Constant(1)) * (1 / Math.Sqrt(depth));
        Node key = Typed(h, "key", Heads, depth), query = Typed(h, "query", Heads, depth), value = Typed(h, "value", Heads, depth);
        Node score = key.Along(IndexMap.EdgeSource).Linear(Relation("attention"), IndexMap.EdgeType).Dot(query.Along(IndexMap.EdgeTarget)) * prior.Along(IndexMap.EdgeType);
        Node message = value.Along(IndexMap.EdgeSource).Linear(Relation("message"), IndexMap.EdgeType);
        Node o = (b.Dropout(score.Softmax(IndexMap.EdgeTarget), AttentionDropout) * message).Sum(IndexMap.EdgeTarget).Reshape(RowShape.Vector(Width));
        Node y = Typed(o.Gelu(), "output", 1, Out);
        if (h.Row == y.Row)
        {
            Node gate = b.Parameter($"{Name}.skip", Space.NodeTypes, RowShape.Scalar, Initializer.Constant(1)).Sigmoid().Along(IndexMap.NodeType);
            y = (gate * y) + ((-gate + 1) * h);
        }
        return Normalize ? Normalized(y) : y;
    }

    /// <summary>x W_t + c_t, t the type of the node.</summary>
    private Node Typed(Node x, string name, int heads, int columns) =>
        x.Linear(x.Builder.Parameter($"{Name}.{name}.weight", Space.NodeTypes, new RowShape(heads, x.Row.Columns, columns)), IndexMap.NodeType)
        + x.Builder.Parameter($"{Name}.{name}.bias", Space.NodeTypes, new RowShape(heads, 1, columns), Initializer.Zero).Along(IndexMap.NodeType);

    private Node Normalized(Node y)
    {
        ProgramBuilder b = y.Builder;
        Node centred = y - (y.SumColumns() * (1.0 / Out));
        Node deviation = (((centred * centred).SumColumns() * (1.0 / Out)) + Epsilon).Sqrt();
        Node scale = b.Parameter($"{Name}.norm.scale", Space.NodeTypes, y.Row, Initializer.Constant(1)), shift = b.Parameter($"{Name}.norm.shift", Space.NodeTypes, y.Row, Initializer.Zero);
        return (centred / deviation * scale.Along(IndexMap.NodeType)) + shift.Along(IndexMap.NodeType);
    }
}
