using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Gathers nodes of single types before functions of single rows: f(x)[t] = f(x[t]). Where every reader wants rows of one type, as the gradients of
/// the inputs of each type do, the rows of all types need not be together in memory. Legal because such a function makes a row from the same rows of
/// its operands.
/// </summary>
public static class TypedRows
{
    /// <summary>Runs the pass until nothing changes.</summary>
    /// <param name="program">The program.</param>
    public static Program Run(Program program) => ProgramRewriter.Repeat(program, Once);

    private static Program Once(Program program)
    {
        ILookup<Node, Node> users = ProgramGraph.Users(program);
        HashSet<Node> roots = [.. program.Roots];
        return ProgramRewriter.Rewrite(program, (builder, node, x) =>
        {
            if (node.Op is not Op.Gather { Map: { IsInclusion: true } inclusion } || roots.Contains(node.Operands[0]) || users[node.Operands[0]].Any(u => u.Op is not Op.Gather { Map.IsInclusion: true }))
                return null;
            Node value = x[0];
            return value.Op switch
            {
                Op.Linear { Types: var types } linear when types.To == Space.One => value.Operands[0].Along(inclusion).Linear(value.Operands[1], IndexMap.ToOne(inclusion.From), linear.Transposed),
                Op.Unary or Op.Binary => builder.Add(value.Op, [.. value.Operands.Select(o => o.Space == Space.One ? o : o.Along(inclusion))]),
                _ => null,
            };
        });
    }
}
