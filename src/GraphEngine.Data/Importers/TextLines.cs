using System.Collections;
using System.IO.Compression;
using System.Text;

namespace GraphEngine.Data.Importers;

/// <summary>The lines of a text file of a source, counted, so that every complaint can name its line.</summary>
/// <param name="file">The path, for messages.</param>
/// <param name="content">Its bytes.</param>
/// <param name="cancellation">Stops the reading between two lines.</param>
internal sealed class TextLines(string file, Stream content, CancellationToken cancellation) : IEnumerable<string>, IDisposable
{
    /// <summary>The path, for messages.</summary>
    public string File { get; } = file;

    /// <summary>The number of the line last read, from 1.</summary>
    public int Number { get; private set; }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        bool packed = File.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        using StreamReader reader = new(packed ? new GZipStream(content, CompressionMode.Decompress) : content, Encoding.UTF8);
        while (Next(reader) is { } line)
        {
            cancellation.ThrowIfCancellationRequested();
            Number++;
            yield return line;
        }
    }

    /// <summary>An error at the line last read.</summary>
    /// <param name="what">What is wrong and how to cure it, without a full stop.</param>
    public DatasetException Bad(string what) => new($"{File}, line {Number}: {what}.");

    /// <inheritdoc/>
    public void Dispose() => content.Dispose();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string? Next(StreamReader reader)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (InvalidDataException error)
        {
            throw new DatasetException($"{File} cannot be unpacked: it is truncated or damaged; fetch it again.", error);
        }
    }
}
