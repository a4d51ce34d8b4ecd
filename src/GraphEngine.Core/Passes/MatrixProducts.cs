using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Writes products and sums of matrices as products and sums of their rows, X W = (rows of X) W: kernels handle rows alone, and share them out among
/// workers. Legal because matrices lie in memory row by row, so that nothing is moved.
/// </summary>
public static class MatrixProducts
{
    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program) => ProgramRewriter.Rewrite(program, (_, node, x) => node.Op switch
    {
        Op.Linear linear when !x[0].Row.IsVector => Rows(x[0]).Linear(Matrices(x[1]), OfRows(linear.Types, x[0].Row), linear.Transposed).Reshape(node.Type),
        Op.Outer outer when !x[0].Row.IsVector => Rows(x[0]).Outer(Rows(x[1]), OfRows(outer.Map, x[0].Row)).Reshape(node.Type),
        Op.Reduce { Kind: ReduceKind.Sum } sum when !node.Row.IsVector => Rows(x[0]).Sum(IndexMap.OfParts(sum.Map, PartsOf(node.Row))).Reshape(node.Type),
        _ => null,
    });

    /// <summary>The rows of each matrix; those of a gathered value are gathered themselves.</summary>
    private static Node Rows(Node value) => value.Op is Op.Gather gather
        ? Rows(value.Operands[0]).Along(IndexMap.OfParts(gather.Map, PartsOf(value.Row)))
        : value.Reshape(new TensorType(Space.PartsOf(value.Space, PartsOf(value.Row)), RowShape.Vector(value.Row.Columns)));

    /// <summary>The matrix of each head.</summary>
    private static Node Matrices(Node weight) =>
        weight.Reshape(new TensorType(Space.PartsOf(weight.Space, weight.Row.Heads), RowShape.Matrix(weight.Row.Rows, weight.Row.Columns)));

    private static IndexMap OfRows(IndexMap types, RowShape row) => IndexMap.OfParts(types, row.Heads, row.Rows);

    private static int PartsOf(RowShape row) => row.Heads * row.Rows;
}
