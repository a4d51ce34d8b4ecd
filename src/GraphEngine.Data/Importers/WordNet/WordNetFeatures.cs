using GraphEngine.Graphs;

namespace GraphEngine.Data.Importers.WordNet;

/// <summary>
/// Signed hashed bags of the words of glosses (the hashing trick of Weinberger et al. 2009): a word falls into the column of its hash with
/// the sign of one bit of it, and each row is scaled to length 1. Rare and very frequent words are left out.
/// </summary>
internal static class WordNetFeatures
{
    private const int Width = 256, FewestSynsets = 5, LargestShareDivisor = 10;

    /// <summary>The features of each part.</summary>
    public static FeatureMatrix[] Of(IReadOnlyList<List<WordNetSynset>> parts)
    {
        string[][][] bags = [.. parts.Select(part => part.Select(synset => Words(synset.Gloss)).ToArray())];
        Dictionary<string, int> synsetsWith = new(StringComparer.Ordinal);
        foreach (string word in bags.SelectMany(part => part).SelectMany(bag => bag))
            synsetsWith[word] = synsetsWith.GetValueOrDefault(word) + 1;
        int most = (bags.Sum(part => part.Length) + LargestShareDivisor - 1) / LargestShareDivisor;
        HashSet<string> kept = [.. synsetsWith.Where(entry => entry.Value >= FewestSynsets && entry.Value <= most).Select(entry => entry.Key)];
        return [.. bags.Select(part => Matrix(part, kept))];
    }

    private static FeatureMatrix Matrix(string[][] bags, HashSet<string> kept)
    {
        float[] values = new float[bags.Length * Width];
        for (int row = 0; row < bags.Length; row++)
        {
            Span<float> columns = values.AsSpan(row * Width, Width);
            foreach (string word in bags[row].Where(kept.Contains))
            {
                uint hash = Fnv.Hash(word);
                columns[(int)(hash % Width)] += (hash >> 16 & 1) != 0 ? 1 : -1;
            }
            double squares = 0;
            foreach (float column in columns)
                squares += column * column;
            if (squares == 0)
                continue;
            double length = Math.Sqrt(squares);
            for (int c = 0; c < Width; c++)
                columns[c] = (float)(columns[c] / length);
        }
        return new FeatureMatrix(Width, values);
    }

    /// <summary>The distinct words of a text: its maximal runs of letters, in lower case.</summary>
    private static string[] Words(string text)
    {
        HashSet<string> words = new(StringComparer.Ordinal);
        string lower = text.ToLowerInvariant();
        for (int i = 0; i < lower.Length; i++)
        {
            int start = i;
            while (i < lower.Length && char.IsAsciiLetterLower(lower[i]))
                i++;
            if (i > start)
                words.Add(lower[start..i]);
        }
        return [.. words];
    }
}
