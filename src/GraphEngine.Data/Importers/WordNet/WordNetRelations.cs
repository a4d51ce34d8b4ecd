using GraphEngine.Graphs;

namespace GraphEngine.Data.Importers.WordNet;

/// <summary>Turns pointers into edges between synsets, one edge type per (source part, relation, semantic or lexical, target part).</summary>
internal static class WordNetRelations
{
    private static readonly (string Symbol, string Name)[] Symbols =
    [
        ("@", "hypernym"), ("~", "hyponym"), ("@i", "instance-hypernym"), ("~i", "instance-hyponym"),
        ("#m", "member-holonym"), ("%m", "member-meronym"), ("#p", "part-holonym"), ("%p", "part-meronym"),
        ("#s", "substance-holonym"), ("%s", "substance-meronym"), (";c", "topic"), ("-c", "topic-member"), (";r", "region"), ("-r", "region-member"),
        (";u", "usage"), ("-u", "usage-member"), ("&", "similar"), ("=", "attribute"), ("^", "also"), ("$", "verb-group"), ("*", "entails"),
        (">", "causes"), ("+", "derivation"), ("!", "antonym"), ("\\", "pertainym"), ("<", "participle"),
    ];

    /// <summary>
    /// The edge types in the order (source part, relation, semantic before lexical, target part), and their edges in file order. Lexical
    /// pointers are lifted to synsets, repetitions within a type are dropped, pointers of a synset to itself are kept.
    /// </summary>
    public static (List<EdgeType> Types, List<EdgeList> Edges) Edges(IReadOnlyList<List<WordNetSynset>> parts, IReadOnlyList<string> nodeTypes)
    {
        Dictionary<int, int>[] rows = [.. parts.Select(Rows)];
        SortedDictionary<(int Source, int Symbol, bool Lexical, int Target), HashSet<(int Source, int Target)>> sets = [];
        for (int part = 0; part < parts.Count; part++)
        {
            for (int row = 0; row < parts[part].Count; row++)
            {
                foreach (WordNetPointer pointer in parts[part][row].Pointers)
                {
                    int symbol = Array.FindIndex(Symbols, known => known.Symbol == pointer.Symbol);
                    if (symbol < 0)
                        throw Bad(parts, part, row, $"has a pointer '{pointer.Symbol}', which is not known");
                    if (!rows[(int)pointer.Part].TryGetValue(pointer.Offset, out int target))
                        throw Bad(parts, part, row, $"points to {nodeTypes[(int)pointer.Part]} {pointer.Offset:D8}, which does not exist");
                    (int, int, bool, int) key = (part, symbol, pointer.IsLexical, (int)pointer.Part);
                    if (!sets.TryGetValue(key, out HashSet<(int, int)>? set))
                        sets.Add(key, set = []);
                    set.Add((row, target));
                }
            }
        }
        List<EdgeType> types = [];
        List<EdgeList> edges = [];
        foreach (((int source, int symbol, bool lexical, int target), HashSet<(int Source, int Target)> set) in sets)
        {
            string name = $"{nodeTypes[source]}.{Symbols[symbol].Name}{(lexical ? ".lexical" : "")}.{nodeTypes[target]}";
            types.Add(new EdgeType(name, nodeTypes[source], nodeTypes[target]));
            // A hash set that nothing was removed from enumerates in the order of insertion.
            edges.Add(new EdgeList([.. set.Select(edge => edge.Source)], [.. set.Select(edge => edge.Target)]));
        }
        return (types, edges);
    }

    private static Dictionary<int, int> Rows(List<WordNetSynset> synsets)
    {
        Dictionary<int, int> rows = new(synsets.Count);
        for (int row = 0; row < synsets.Count; row++)
        {
            if (!rows.TryAdd(synsets[row].Offset, row))
                throw new DatasetException($"WordNet holds the offset {synsets[row].Offset:D8} twice in one file; take the files from WordNet 3.0 again.");
        }
        return rows;
    }

    private static DatasetException Bad(IReadOnlyList<List<WordNetSynset>> parts, int part, int row, string what) =>
        new($"The synset {parts[part][row].Offset:D8} of data.{WordNetFile.Extensions[part]} {what}; take the files from WordNet 3.0 again.");
}
