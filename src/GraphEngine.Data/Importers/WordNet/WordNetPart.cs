namespace GraphEngine.Data.Importers.WordNet;

/// <summary>The parts of speech, one data file each. Satellite adjectives live in the adjective file.</summary>
internal enum WordNetPart
{
    Noun,
    Verb,
    Adjective,
    Adverb,
}
