namespace GraphEngine.Data.Importers.WordNet;

/// <summary>A pointer of a synset: its symbol, the synset it points to, and whether it joins words rather than whole synsets.</summary>
internal readonly record struct WordNetPointer(string Symbol, int Offset, WordNetPart Part, bool IsLexical);
