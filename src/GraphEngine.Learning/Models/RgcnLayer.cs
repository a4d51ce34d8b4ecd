using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Models;

/// <summary>
/// One layer of a relational graph convolutional network, Schlichtkrull et al., arXiv 1703.06103, eq. 2:
/// h'_v = sum over relations r of mean (or sum) over edges (u, r, v) of h_u W_r, + h_v W_0 + b.
/// </summary>
/// <param name="Name">Prefix of the parameters' names.</param>
/// <param name="Relations">The number of edge types.</param>
/// <param name="Out">The output width.</param>
/// <param name="Aggregation">How messages of one relation are combined.</param>
/// <param name="Bases">The number of bases of eq. 3, W_r = sum_b a_rb B_b, the self loop being one more relation; 0 for one weight per
/// relation.</param>
/// <param name="SelfLoop">True to add h_v W_0.</param>
/// <param name="Bias">True to add b.</param>
public sealed record RgcnLayer(
    string Name, int Relations, int Out, Aggregation Aggregation = Aggregation.Mean, int Bases = 0, bool SelfLoop = true, bool Bias = true)
{
    /// <summary>The layer on node features.</summary>
    /// <param name="h">A vector per node.</param>
    /// <returns>A vector of width <see cref="Out"/> per node, before any activation.</returns>
    public Node Apply(Node h) => Combine(new RelationProducts.OfFeatures(h, Name, RowShape.Vector(Out), Bases, Mixing));

    /// <summary>
    /// The layer on nodes without features. With one-hot input h_u W_r is row u of W_r, so the weights are tables of rows; only rows that
    /// some edge reads exist, one per (relation, source) pair.
    /// </summary>
    /// <param name="b">The builder.</param>
    /// <param name="nodes">The number of nodes, for the scale of the first values.</param>
    public Node ApplyFeatureless(ProgramBuilder b, int nodes) => Combine(new RelationProducts.OfOneHot(b, nodes, ReadsTargets: false, Name, RowShape.Vector(Out), Bases, Mixing));

    private Initializer Mixing => Initializer.Glorot(Relations, Bases);

    private Node Combine(RelationProducts products)
    {
        Node messages = products.AtSource;
        if (Aggregation == Aggregation.Mean)
            messages = messages.Builder.InverseDegree(IndexMap.EdgeTargetGroup).Along(IndexMap.EdgeTargetGroup) * messages;
        Node sum = messages.Sum(IndexMap.EdgeTarget);
        if (SelfLoop)
            sum += products.Self(Out);
        return Bias ? sum + sum.Builder.Parameter($"{Name}.bias", Space.One, RowShape.Vector(Out), Initializer.Zero) : sum;
    }
}
