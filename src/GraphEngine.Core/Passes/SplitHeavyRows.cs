using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Sums of vectors over the edges of a node or group in two steps, sum_m x = sum of the sums of pieces, where some node has more edges than a
/// worker's share of all: one worker would still add them up when the others are done. Legal because addition of the pieces, in order, is another
/// order of the same sum, and the same one on every run. Costs a stored vector per piece; numbers of edges, such as the logits of a softmax, stay
/// whole.
/// </summary>
public static class SplitHeavyRows
{
    // Pieces of a worker's share: the last one to start is that much of a share late at most.
    private const int PiecesOfShare = 4;

    // A piece costs a stored vector: for fewer edges that is no less than what it takes off a worker.
    private const int LeastPiece = 32;

    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    /// <param name="statistics">The relations of the graph it will run on; nothing is split where they are not known.</param>
    /// <param name="workers">How many workers share the edges.</param>
    public static Program Run(Program program, RelationStatistics? statistics, int workers)
    {
        int share = (statistics?.Edges.Sum() ?? 0) / workers;
        return statistics is null || statistics.MostEdgesOfNode <= Math.Max(share, LeastPiece) ? program : Run(program, Math.Max(LeastPiece, share / PiecesOfShare));
    }

    /// <summary>Splits every sum of vectors over edges.</summary>
    /// <param name="program">The program.</param>
    /// <param name="size">The most edges of a piece.</param>
    public static Program Run(Program program, int size) => ProgramRewriter.Rewrite(program, (_, node, x) =>
        node.Op is Op.Reduce { Map.Pieces: null } sum && node.Row.HeadSize > 1 && Materialize.IsEdgeSum(node)
            ? x[0].Sum(new RowPieces(sum.Map, size).Piece).Sum(new RowPieces(sum.Map, size).Whole)
            : null);
}
