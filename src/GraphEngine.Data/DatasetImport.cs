using GraphEngine.Data.Importers.Hgb;
using GraphEngine.Data.Importers.Rdf;
using GraphEngine.Data.Importers.Triples;
using GraphEngine.Data.Importers.WordNet;

namespace GraphEngine.Data;

/// <summary>The importers by the name of their format. Several threads may import, each to a folder of its own.</summary>
public static class DatasetImport
{
    private static readonly Dictionary<string, Func<string, CancellationToken, ImportResult>> ByFormat = new(StringComparer.Ordinal)
    {
        ["wordnet"] = WordNetImporter.Read,
        ["ntriples"] = RdfImporter.Read,
        ["hgb"] = HgbImporter.Read,
        ["triples"] = TriplesImporter.Read,
    };

    /// <summary>The formats that can be imported.</summary>
    public static IReadOnlyCollection<string> Formats => ByFormat.Keys;

    /// <summary>Reads a source in a format.</summary>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="source">The file or folder that the format expects.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DatasetException">The format is unknown, or the source is missing or damaged; the message names file and line.</exception>
    public static ImportResult Read(string format, string source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(source);
        return ByFormat.TryGetValue(format, out Func<string, CancellationToken, ImportResult>? read)
            ? read(source, cancellation)
            : throw new DatasetException($"There is no format '{format}'; use {string.Join(", ", ByFormat.Keys)}.");
    }

    /// <summary>Reads a source in a format and writes it as a dataset folder.</summary>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="source">The file or folder that the format expects.</param>
    /// <param name="output">The dataset folder to write.</param>
    /// <param name="cancellation">Stops the import and removes what was written.</param>
    /// <exception cref="DatasetException">The format is unknown, the source is missing or damaged, or the output holds something else.</exception>
    public static ImportResult Import(string format, string source, string output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ImportResult result = Read(format, source, cancellation);
        DatasetFolder.Write(result.Data, output, result.Documents, cancellation);
        return result;
    }
}
