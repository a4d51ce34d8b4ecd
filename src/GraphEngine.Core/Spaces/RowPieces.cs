namespace GraphEngine.Spaces;

/// <summary>
/// The rows that a map sends to each of its target rows, cut in pieces of at most some size, in their order. Sums of pieces can be shared between
/// workers where one row takes in more than a worker's share; the pieces of a row are added in order.
/// </summary>
/// <param name="Map">The map that is summed along.</param>
/// <param name="Size">The most rows of a piece.</param>
public sealed record RowPieces(IndexMap Map, int Size)
{
    /// <summary>The pieces, by target row.</summary>
    public Space Space => new($"{Map}.pieces{Size}") { Pieces = this };

    /// <summary>Each row of the map's source space to its piece.</summary>
    public IndexMap Piece => new($"{Map}.piece{Size}", Map.From, Space, Map.IsSorted) { Pieces = this };

    /// <summary>Each piece to the target row it is of.</summary>
    public IndexMap Whole => new($"{Map}.whole{Size}", Space, Map.To, IsSorted: true) { Pieces = this };

    /// <summary>The number of pieces.</summary>
    /// <param name="rows">The inverse of the map.</param>
    public int Count(Csr rows) => Enumerable.Range(0, rows.Rows).Sum(r => PiecesOf(rows.Degree(r)));

    /// <summary>The indices of <see cref="Piece"/> or <see cref="Whole"/>.</summary>
    /// <param name="map">One of the two.</param>
    /// <param name="rows">The inverse of the map.</param>
    public int[] Indices(IndexMap map, Csr rows)
    {
        int[] pieceOf = new int[rows.Items.Length], wholeOf = new int[Count(rows)];
        int piece = 0;
        for (int r = 0; r < rows.Rows; r++)
        {
            ReadOnlySpan<int> items = rows[r];
            for (int i = 0; i < items.Length; i++)
                pieceOf[items[i]] = piece + (i / Size);
            wholeOf.AsSpan(piece, PiecesOf(items.Length)).Fill(r);
            piece += PiecesOf(items.Length);
        }
        return map.To == Map.To ? wholeOf : pieceOf;
    }

    private int PiecesOf(int items) => (items + Size - 1) / Size;
}
