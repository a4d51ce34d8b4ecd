namespace GraphEngine.Data.Importers.WordNet;

/// <summary>One line of a data file: a set of synonyms with its pointers and its gloss.</summary>
/// <param name="Offset">Its byte offset, unique within its file.</param>
/// <param name="LexFile">The number of its lexicographer file.</param>
/// <param name="FirstWord">Its first word, with blanks and without a syntactic marker.</param>
/// <param name="Pointers">Its pointers in file order.</param>
/// <param name="Gloss">Its definition and examples.</param>
internal sealed record WordNetSynset(int Offset, int LexFile, string FirstWord, IReadOnlyList<WordNetPointer> Pointers, string Gloss);
