using System.Security.Cryptography;
using GraphEngine.Graphs;

namespace GraphEngine.Data.Importers.WordNet;

/// <summary>
/// Imports WordNet from its four data files: synsets by part of speech, 79 kinds of pointers, hashed glosses as features, and the topics
/// of nouns and verbs as tasks.
/// </summary>
public static class WordNetImporter
{
    private static readonly string[] NodeTypes = ["noun", "verb", "adjective", "adverb"];

    /// <summary>Imports a folder that holds data.noun, data.verb, data.adj and data.adv.</summary>
    /// <param name="source">The folder.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DatasetException">A file is missing or does not follow the format; the message names file and line.</exception>
    public static ImportResult Read(string source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        string[] files = [.. WordNetFile.Extensions.Select(extension => Path.Combine(source, "data." + extension))];
        foreach (string file in files)
        {
            if (!File.Exists(file))
                throw new DatasetException($"{file} is missing; give the folder of WordNet's data.noun, data.verb, data.adj and data.adv.");
        }
        List<WordNetSynset>[] parts = [.. files.Select(file => WordNetFile.Read(file, cancellation))];
        (List<EdgeType> edgeTypes, List<EdgeList> edges) = WordNetRelations.Edges(parts, NodeTypes);
        FeatureMatrix[] features = WordNetFeatures.Of(parts);
        GraphSchema schema = new([.. NodeTypes.Select((name, part) => new NodeType(name, features[part].Width))], edgeTypes);
        NodeTask[] tasks =
        [
            WordNetTasks.Topic("noun-topic", NodeTypes[0], WordNetPart.Noun, parts[0], first: 3, last: 28),
            WordNetTasks.Topic("verb-topic", NodeTypes[1], WordNetPart.Verb, parts[1], first: 29, last: 43),
        ];
        GraphData data = new(
            "wordnet",
            "WordNet 3.0 licence, Princeton University: free for any purpose; its notice must appear on all copies (LICENSE)",
            "WordNet data files with SHA-256 " + string.Join(", ", files.Select((file, part) => $"{WordNetFile.Extensions[part]} {Hash(file)}")),
            new HeteroGraph(schema, [.. parts.Select(part => part.Count)], edges),
            features,
            [.. parts.Select(part => part.Select(synset => $"{synset.Offset:D8} {synset.FirstWord}").ToArray())],
            tasks);
        return new ImportResult(data, new Dictionary<string, string> { ["LICENSE"] = WordNetFile.Licence(files[0]) });
    }

    private static string Hash(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
