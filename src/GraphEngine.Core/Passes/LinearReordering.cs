using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Multiplies weights with weights first where that removes a product per row. (x W) . a = x . (W a) when W and a belong to the same type: a vector per type
/// instead of a matrix product per row. Legal because products associate. Saves 2 d d' operations and d' stored numbers for every row of x, and
/// costs 2 d d' for every type. Wu et al., arXiv 2301.06284, section 3.2.3, there for one head.
/// </summary>
public static class LinearReordering
{
    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program) => ProgramRewriter.Rewrite(program, (_, node, x) =>
    {
        if (node.Op is not Op.ReduceColumns { Kind: ReduceKind.Sum } || x[0].Op is not Op.Binary { Kind: BinaryKind.Mul })
            return null;
        return Dot(x[0].Operands[0], x[0].Operands[1]) ?? Dot(x[0].Operands[1], x[0].Operands[0]);
    });

    private static Node? Dot(Node product, Node vector)
    {
        if (product.Op is not Op.Linear linear || product.Row.Columns != vector.Row.Columns || VectorOf(vector, linear.Types) is not Node perType)
            return null;
        Node folded = perType.Linear(product.Operands[1], IndexMap.Identity(linear.Types.To), !linear.Transposed);
        return product.Operands[0].Dot(folded.Along(linear.Types));
    }

    /// <summary>The vector of each type that a row's vector is read from; null when rows of one type have different vectors.</summary>
    private static Node? VectorOf(Node vector, IndexMap types) => vector.Op switch
    {
        Op.Gather gather when gather.Map == types => vector.Operands[0],
        Op.Gather { Map: var shared } when shared.To == Space.One => vector.Operands[0].Along(IndexMap.ToOne(types.To)),
        _ when vector.Space == Space.One && types.To != Space.One => vector.Along(IndexMap.ToOne(types.To)),
        _ => null,
    };
}
