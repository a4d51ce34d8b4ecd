using System.Formats.Tar;
using System.IO.Compression;
using GraphEngine.Tensors;

namespace GraphEngine.Data.Importers;

/// <summary>The files of a source: a folder, a zip, or a gzipped tar. Files in archives are found by their last name, wherever they lie.</summary>
internal sealed class SourceFiles
{
    private static readonly string[] Extensions = [".zip", ".tar.gz", ".tgz"];

    private readonly string _source;
    private readonly List<string> _entries;
    private readonly CancellationToken _cancellation;

    private SourceFiles(string source, List<string> entries, CancellationToken cancellation)
    {
        _source = source;
        _entries = entries;
        _cancellation = cancellation;
    }

    /// <summary>The last names of the files, sorted.</summary>
    public IEnumerable<string> Names => _entries.Select(LastName).Order(StringComparer.Ordinal);

    /// <summary>What to call the data: the name of the folder or archive without its extension.</summary>
    public string DataName
    {
        get
        {
            string name = LastName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_source)).Replace(Path.DirectorySeparatorChar, '/'));
            string? extension = IsFolder ? null : Extensions.FirstOrDefault(known => name.EndsWith(known, StringComparison.OrdinalIgnoreCase));
            return name[..^(extension?.Length ?? 0)];
        }
    }

    private bool IsFolder => Directory.Exists(_source);

    private bool IsZip => _source.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Looks at a source.</summary>
    /// <param name="source">The folder or archive.</param>
    /// <param name="cancellation">Stops whatever is read of it.</param>
    /// <exception cref="DatasetException">There is no such folder or archive, or the archive is damaged.</exception>
    public static SourceFiles Open(string source, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (Directory.Exists(source))
            return new SourceFiles(source, [.. Directory.EnumerateFiles(source).Select(file => Path.GetFileName(file))], cancellation);
        if (!File.Exists(source))
            throw new DatasetException($"There is no file or folder {source}; give the place of the data to import.");
        if (!Extensions.Any(known => source.EndsWith(known, StringComparison.OrdinalIgnoreCase)))
            throw new DatasetException($"{source} is neither a folder nor a .zip, .tar.gz or .tgz archive; give one of these.");
        SourceFiles files = new(source, [], cancellation);
        files.Scan((name, _) => files._entries.Add(name));
        return files;
    }

    /// <summary>Whether there is a file of that last name.</summary>
    public bool Has(string name) => _entries.Exists(entry => LastName(entry) == name);

    /// <summary>The lines of a file; a name that ends in .gz is unpacked on the way.</summary>
    /// <exception cref="DatasetException">The file is missing, or there are several of that name.</exception>
    public TextLines Lines(string name)
    {
        List<string> found = _entries.FindAll(entry => LastName(entry) == name);
        if (found.Count == 0)
            throw new DatasetException($"{_source} has no {name}; it has {(_entries.Count == 0 ? "no files" : string.Join(", ", _entries.Order(StringComparer.Ordinal)))}.");
        if (found.Count > 1)
            throw new DatasetException($"{_source} has {found.Count} files named {name}: {string.Join(", ", found.Order(StringComparer.Ordinal))}; unpack it and give one folder.");
        Stream content = IsFolder ? InputFile.OpenRead(Path.Combine(_source, found[0])) : Extract(found[0]);
        return new TextLines(Path.Combine(_source, found[0]), content, _cancellation);
    }

    private MemoryStream Extract(string entry)
    {
        MemoryStream content = new();
        Scan((name, stream) =>
        {
            if (name == entry)
                stream.CopyTo(content);
        });
        content.Position = 0;
        return content;
    }

    private void Scan(Action<string, Stream> visit)
    {
        try
        {
            using FileStream file = InputFile.OpenRead(_source);
            if (IsZip)
            {
                using ZipArchive zip = new(file, ZipArchiveMode.Read);
                foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => entry.Name.Length > 0))
                {
                    using Stream stream = entry.Open();
                    visit(entry.FullName, stream);
                }
                return;
            }
            using GZipStream unpacked = new(file, CompressionMode.Decompress);
            using TarReader tar = new(unpacked);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                    visit(entry.Name, entry.DataStream ?? Stream.Null);
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new DatasetException($"{_source} cannot be unpacked: it is truncated or damaged; fetch it again.", error);
        }
    }

    private static string LastName(string entry) => entry[(entry.LastIndexOf('/') + 1)..];
}
