using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Models;

/// <summary>
/// Node vectors times the weight of a relation, h_v W_r, and times one more for the node itself, h_v W_0. Weights are free or mixed from common bases,
/// W_r = sum_b a_rb B_b (Schlichtkrull et al., arXiv 1703.06103, eq. 3), the node's own being one more relation.
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
    /// Products of one-hot vectors: h_v W_r is row v of W_r, so that weights, or their bases, are tables of rows and nothing is multiplied. Without bases only rows
    /// exist that some edge reads.
    /// </summary>
    /// <param name="Builder">The program.</param>
    /// <param name="Nodes">The number of nodes, for first values of the right size.</param>
    /// <param name="SourceTable">The name of the table that sources read.</param>
    /// <param name="Name">Prefix of the parameters' names.</param>
    /// <param name="Product">The shape of a product: heads and their width.</param>
    /// <param name="Bases">The number of bases; 0 for one weight per relation.</param>
    /// <param name="Mixing">First values of the coefficients a.</param>
    public sealed record OfOneHot(ProgramBuilder Builder, int Nodes, string SourceTable, string Name, RowShape Product, int Bases, Initializer Mixing)
        : RelationProducts(Builder, Name, Product, Bases, Mixing)
    {
        public override Node AtSource => Rows(SourceTable, IndexMap.EdgeSourceGroup, IndexMap.SourceGroupType, IndexMap.SourceGroupNode);

        public override Node AtTarget => Rows("weight.target", IndexMap.EdgeTargetGroup, IndexMap.TargetGroupType, IndexMap.TargetGroupNode);

        private Initializer Init => Initializer.Glorot(Nodes, Product.Columns);

        public override Node Self(int columns) => Bases == 0
            ? Builder.Parameter($"{Name}.root", Space.Nodes, RowShape.Vector(columns), Init)
            : Mixed(Coefficients(Space.One), BasisRows());

        private Node Rows(string table, IndexMap groups, IndexMap type, IndexMap node) => (Bases == 0
            ? Builder.Parameter($"{Name}.{table}", groups.To, Product, Init)
            : Mixed(Coefficients(Space.EdgeTypes), BasisRows(), type, node)).Along(groups);

        // One head per basis: a row is the sum of its bases' rows, weighted by the coefficients.
        private Node BasisRows() => Builder.Parameter($"{Name}.bases", Space.Nodes, new RowShape(Bases, 1, Product.Columns), Init);

        private Node Mixed(Node coefficients, Node bases, IndexMap? type = null, IndexMap? node = null)
        {
            Node perBasis = coefficients.Reshape(new RowShape(Bases, 1, 1));
            return ((type is null ? perBasis : perBasis.Along(type)) * (node is null ? bases : bases.Along(node))).SumHeads();
        }
    }
}
