namespace GraphEngine.Graphs;

/// <summary>A node classification task on one node type.</summary>
/// <param name="Name">Unique within a data set.</param>
/// <param name="NodeType">The node type whose nodes are classified.</param>
/// <param name="Classes">The class names; the position of each is its number.</param>
/// <param name="MultiLabel">True when a node may have several classes.</param>
/// <param name="Labels">The classes of each node of the type; an empty array where there is no label.</param>
/// <param name="Splits">The part each node of the type belongs to.</param>
public sealed record NodeTask(string Name, string NodeType, IReadOnlyList<string> Classes, bool MultiLabel, int[][] Labels, Split[] Splits)
{
    /// <summary>
    /// The class of the largest score: what is predicted where a node has one class; with several labels it is every class whose score is positive.
    /// </summary>
    /// <param name="scores">A score per class.</param>
    /// <returns>Its number; that of the first one where several scores are equal.</returns>
    public static int Best(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int c = 1; c < scores.Length; c++)
        {
            if (scores[c] > scores[best])
                best = c;
        }
        return best;
    }
}
