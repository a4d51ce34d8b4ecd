using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Models;

/// <summary>
/// Node vectors times the weight of a relation, h_v W_r, and times one more for the node itself, h_v W_0. Weights are free or mixed from common
/// bases, W_r = sum_b a_rb B_b (Schlichtkrull et al., arXiv 1703.06103, eq. 3), the node's own being one more relation.
/// </summary>
/// <param name="Builder">The program.</param>
/// <param name="Name">Prefix of the parameters' names.</param>
/// <param name="Product">The shape of a product: heads and their width.</param>
/// <param name="Bases">The number of bases; 0 for one weight per relation.</param>
/// <param name="Mixing">First values of the coefficients a.</param>
internal abstract record RelationProducts(ProgramBuilder Builder, string Name, RowShape Product, int Bases, Initializer Mixing)
{
    /// <summary>The vector of each edge's source times the weight of its relation.</summary>
    public abstract Node AtSource { get; }

    /// <summary>The vector of each edge's target times the weight of its relation.</summary>
    public abstract Node AtTarget { get; }

    /// <summary>The vector of each node times its own weight.</summary>
    /// <param name="columns">The width of the result.</param>
    public abstract Node Self(int columns);

    /// <summary>The coefficients a of relations, or of the node itself in <see cref="Space.One"/>.</summary>
    protected Node Coefficients(Space space) => Builder.Parameter($"{Name}.{(space == Space.One ? "self" : "coefficients")}", space, RowShape.Vector(Bases), Mixing);

    /// <summary>Products of given vectors.</summary>
    /// <param name="H">A vector per node.</param>
    /// <param name="Name">Prefix of the parameters' names.</param>
    /// <param name="Product">The shape of a product: heads and their width.</param>
    /// <param name="Bases">The number of bases; 0 for one weight per relation.</param>
    /// <param name="Mixing">First values of the coefficients a.</param>
    public sealed record OfFeatures(Node H, string Name, RowShape Product, int Bases, Initializer Mixing) : RelationProducts(H.Builder, Name, Product, Bases, Mixing)
    {
        public override Node AtSource => H.Along(IndexMap.EdgeSource).Linear(Weight(Space.EdgeTypes, "weight", Matrix), IndexMap.EdgeType);

        public override Node AtTarget => H.Along(IndexMap.EdgeTarget).Linear(Weight(Space.EdgeTypes, "weight", Matrix), IndexMap.EdgeType);

        private RowShape Matrix => Product with { Rows = H.Row.Columns };

        public override Node Self(int columns) => H.Linear(Weight(Space.One, "root", RowShape.Matrix(H.Row.Columns, columns)));

        private Node Weight(Space space, string name, RowShape matrix)
        {
            if (Bases == 0)
                return Builder.Parameter($"{Name}.{name}", space, matrix);
            Node bases = Builder.Parameter($"{Name}.bases", Space.One, RowShape.Matrix(Bases, matrix.Size), Initializer.Glorot(matrix.Rows, matrix.Columns));
            return Coefficients(space).Linear(bases).Reshape(matrix);
        }
    }

    /// <summary>
    /// Products of one-hot vectors: h_v W_r is row v of W_r, so that weights, or their bases, are tables of rows and nothing is multiplied. Without
    /// bases only rows exist that some edge reads: those of its source, or those of both ends where targets are read as well, by the same weight.
    /// </summary>
    /// <param name="Builder">The program.</param>
    /// <param name="Nodes">The number of nodes, for first values of the right size.</param>
    /// <param name="ReadsTargets">True where the vectors of targets are multiplied too.</param>
    /// <param name="Name">Prefix of the parameters' names.</param>
    /// <param name="Product">The shape of a product: heads and their width.</param>
    /// <param name="Bases">The number of bases; 0 for one weight per relation.</param>
    /// <param name="Mixing">First values of the coefficients a.</param>
    public sealed record OfOneHot(ProgramBuilder Builder, int Nodes, bool ReadsTargets, string Name, RowShape Product, int Bases, Initializer Mixing)
        : RelationProducts(Builder, Name, Product, Bases, Mixing)
    {
        public override Node AtSource =>
            (Bases > 0 ? Mixed(IndexMap.SourceGroupType, IndexMap.SourceGroupNode) : ReadsTargets ? Weight(Space.EndGroups).Along(IndexMap.SourceGroupEnd) : Weight(Space.SourceGroups)).Along(IndexMap.EdgeSourceGroup);

        public override Node AtTarget =>
            (Bases > 0 ? Mixed(IndexMap.TargetGroupType, IndexMap.TargetGroupNode) : Weight(Space.EndGroups).Along(IndexMap.TargetGroupEnd)).Along(IndexMap.EdgeTargetGroup);

        private Initializer Init => Initializer.Glorot(Nodes, Product.Columns);

        public override Node Self(int columns) => Bases == 0
            ? Builder.Parameter($"{Name}.root", Space.Nodes, RowShape.Vector(columns), Init)
            : (PerBasis(Space.One) * BasisRows()).SumHeads();

        private Node Weight(Space groups) => Builder.Parameter($"{Name}.weight", groups, Product, Init);

        // One head per basis: a row is the sum of its bases' rows, weighted by the coefficients.
        private Node BasisRows() => Builder.Parameter($"{Name}.bases", Space.Nodes, new RowShape(Bases, 1, Product.Columns), Init);

        private Node PerBasis(Space space) => Coefficients(space).Reshape(new RowShape(Bases, 1, 1));

        private Node Mixed(IndexMap type, IndexMap node) => (PerBasis(Space.EdgeTypes).Along(type) * BasisRows().Along(node)).SumHeads();
    }
}
