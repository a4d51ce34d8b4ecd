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
/// <param name="Bases">The number of bases of eq. 3, W_r = sum_b a_rb B_b; 0 for one weight per relation.</param>
/// <param name="SelfLoop">True to add h_v W_0.</param>
/// <param name="Bias">True to add b.</param>
public sealed record RgcnLayer(
    string Name, int Relations, int Out, Aggregation Aggregation = Aggregation.Mean, int Bases = 0, bool SelfLoop = true, bool Bias = true)
{
    /// <summary>The layer on node features.</summary>
    /// <param name="h">A vector per node.</param>
    /// <returns>A vector of width <see cref="Out"/> per node, before any activation.</returns>
    public Node Apply(Node h)
    {
        Node messages = h.Along(IndexMap.EdgeSource).Linear(Weight(h.Builder, h.Row.Columns), IndexMap.EdgeType);
        Node? self = SelfLoop ? h.Linear(h.Builder.Parameter($"{Name}.root", Space.One, RowShape.Matrix(h.Row.Columns, Out))) : null;
        return Combine(messages, self);
    }

    /// <summary>
    /// The layer on nodes without features. With one-hot input h_u W_r is row u of W_r, so the weights are tables of rows; only rows that
    /// some edge reads exist, one per (relation, source) pair.
    /// </summary>
    /// <param name="b">The builder.</param>
    /// <param name="nodes">The number of nodes, for the scale of the first values.</param>
    public Node ApplyFeatureless(ProgramBuilder b, int nodes)
    {
        Initializer init = Initializer.Glorot(nodes, Out);
        Node rows = Bases == 0
            ? b.Parameter($"{Name}.weight", Space.SourceGroups, RowShape.Vector(Out), init)
            : (Coefficients(b).Reshape(new RowShape(Bases, 1, 1)).Along(IndexMap.SourceGroupType)
                * b.Parameter($"{Name}.bases", Space.Nodes, new RowShape(Bases, 1, Out), init).Along(IndexMap.SourceGroupNode)).SumHeads();
        Node? self = SelfLoop ? b.Parameter($"{Name}.root", Space.Nodes, RowShape.Vector(Out), init) : null;
        return Combine(rows.Along(IndexMap.EdgeSourceGroup), self);
    }

    private Node Combine(Node messages, Node? self)
    {
        Node groups = Aggregation == Aggregation.Mean ? messages.Mean(IndexMap.EdgeTargetGroup) : messages.Sum(IndexMap.EdgeTargetGroup);
        Node sum = groups.Sum(IndexMap.TargetGroupNode);
        if (self is not null)
            sum += self;
        return Bias ? sum + sum.Builder.Parameter($"{Name}.bias", Space.One, RowShape.Vector(Out), Initializer.Zero) : sum;
    }

    private Node Weight(ProgramBuilder b, int width)
    {
        RowShape matrix = RowShape.Matrix(width, Out);
        if (Bases == 0)
            return b.Parameter($"{Name}.weight", Space.EdgeTypes, matrix);
        Node bases = b.Parameter($"{Name}.bases", Space.One, RowShape.Matrix(Bases, width * Out), Initializer.Glorot(width, Out));
        return Coefficients(b).Linear(bases).Reshape(matrix);
    }

    private Node Coefficients(ProgramBuilder b) =>
        b.Parameter($"{Name}.coefficients", Space.EdgeTypes, RowShape.Vector(Bases), Initializer.Glorot(Relations, Bases));
}
