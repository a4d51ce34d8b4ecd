using System.Reflection;
using System.Text.Json;
using GraphEngine.Data.Folders;
using GraphEngine.Graphs;

namespace GraphEngine.Data;

/// <summary>
/// Finds data sets by name: those that come with the repository, those that were downloaded, and any dataset folder. What can be downloaded is
/// listed in datasets/catalogue.json, which is built into this library. Several threads may look and load; one downloads a data set.
/// </summary>
public sealed class DatasetCatalogue
{
    private const string Resource = "GraphEngine.Data.catalogue.json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    private readonly string _cache;

    /// <summary>Opens the catalogue.</summary>
    /// <param name="cache">The folder of downloaded data sets; <see cref="DefaultCache"/> when left out.</param>
    public DatasetCatalogue(string? cache = null)
        : this(BuiltIn(), cache ?? DefaultCache)
    {
    }

    internal DatasetCatalogue(IReadOnlyList<CatalogueEntry> entries, string cache)
    {
        Entries = entries;
        _cache = cache;
    }

    /// <summary>Where downloads are kept: GRAPHENGINE_DATA where it is set, else a folder of the user's application data.</summary>
    public static string DefaultCache => Environment.GetEnvironmentVariable("GRAPHENGINE_DATA") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "GraphEngine", "datasets");

    /// <summary>What can be downloaded.</summary>
    public IReadOnlyList<CatalogueEntry> Entries { get; }

    /// <summary>The names of the data sets that are on this machine, with their folders: the repository's, then the downloaded ones.</summary>
    public IReadOnlyList<(string Name, string Folder)> Present()
    {
        List<(string Name, string Folder)> found = [];
        foreach (string root in EmbeddedRoots().Append(_cache).Where(Directory.Exists))
        {
            foreach (string folder in Directory.EnumerateDirectories(root).Where(f => Path.GetFileName(f)[0] != '.' && DatasetFolder.IsAt(f)).Order(StringComparer.Ordinal))
            {
                if (!found.Exists(set => set.Name == Path.GetFileName(folder)))
                    found.Add((Path.GetFileName(folder), folder));
            }
        }
        return found;
    }

    /// <summary>The folder of a data set.</summary>
    /// <param name="nameOrPath">A name, or the path of a dataset folder.</param>
    /// <exception cref="DatasetException">It is not on this machine; the message says where it was looked for, and
    /// <see cref="DatasetException.Downloadable"/> whether it can be fetched.</exception>
    public string Find(string nameOrPath)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        return DatasetFolder.IsAt(nameOrPath) ? nameOrPath : FindNamed(nameOrPath);
    }

    /// <summary>Finds and reads a data set.</summary>
    /// <param name="nameOrPath">A name, or the path of a dataset folder.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DatasetException">It is not on this machine, or is damaged.</exception>
    public GraphData Load(string nameOrPath, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        return DatasetFolder.IsAt(nameOrPath) ? DatasetFolder.Read(nameOrPath, cancellation) : LoadNamed(nameOrPath, cancellation);
    }

    /// <summary>Finds and reads a data set that has a name here, whatever the current folder holds.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DatasetException">It is not on this machine, or is damaged.</exception>
    public GraphData LoadNamed(string name, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        // What has a name is found by it on any machine.
        return DatasetFolder.Read(FindNamed(name), cancellation) with { Folder = null };
    }

    /// <summary>Fetches a data set, imports it, checks its counts, and keeps it as a dataset folder in the cache.</summary>
    /// <param name="name">The name of an entry.</param>
    /// <param name="client">The client to fetch with.</param>
    /// <param name="progress">Told about every part that arrives.</param>
    /// <param name="cancellation">Stops; what has been fetched is kept for the next time.</param>
    /// <returns>The dataset folder.</returns>
    /// <exception cref="DatasetException">There is no such entry, a file cannot be fetched, or the data are not what the catalogue
    /// expects.</exception>
    public async Task<string> DownloadAsync(string name, HttpClient client, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(client);
        CatalogueEntry entry = Entries.FirstOrDefault(entry => entry.Name == name)
            ?? throw new DatasetException($"The catalogue has no data set '{name}'; it has {string.Join(", ", Entries.Select(known => known.Name))}.");
        string sources = Path.Combine(_cache, ".sources", name), target = Path.Combine(_cache, name);
        Downloader downloader = new(client);
        foreach (CatalogueFile file in entry.Files)
            await downloader.DownloadAsync(file, Path.Combine(sources, file.Name), progress, cancellation).ConfigureAwait(false);
        bool isArchive = entry.Files.Count == 1 && !entry.Files[0].Name.EndsWith(".txt", StringComparison.Ordinal);
        ImportResult result;
        try
        {
            result = DatasetImport.Read(entry.Format, isArchive ? Path.Combine(sources, entry.Files[0].Name) : sources, cancellation);
            Check(entry, result.Data);
        }
        catch (DatasetException) when (entry.Files.Any(f => f.Sha256 is null))
        {
            // Nothing says that what arrived is what was meant: it is fetched anew the next time.
            foreach (CatalogueFile file in entry.Files.Where(f => f.Sha256 is null))
                File.Delete(Path.Combine(sources, file.Name));
            throw;
        }
        DatasetFolder.Write(result.Data with { Name = name, Licence = entry.Licence, Source = entry.Files[0].Address.ToString() }, target, result.Documents, cancellation);
        return target;
    }

    private string FindNamed(string wanted)
    {
        IReadOnlyList<(string Name, string Folder)> present = Present();
        foreach ((string name, string folder) in present)
        {
            if (name == wanted)
                return folder;
        }
        if (Entries.Any(entry => entry.Name == wanted))
            throw new DatasetException($"The data set '{wanted}' is not on this machine, but in the catalogue; download it.") { Downloadable = wanted };
        string names = string.Join(", ", present.Select(set => set.Name).Concat(Entries.Select(entry => entry.Name)).Distinct());
        throw new DatasetException(
            $"There is no data set '{wanted}': it is neither the path of a dataset folder nor one of {names}. Data sets of a clone are found where its folder 'datasets' lies above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}, "
            + $"those that were downloaded in {_cache}; give the path of the folder of any other.");
    }

    private static void Check(CatalogueEntry entry, GraphData data)
    {
        GraphSchema schema = data.Graph.Schema;
        CatalogueCounts found = new(data.Graph.NodeCount, data.Graph.EdgeCount, schema.NodeTypes.Count, schema.EdgeTypes.Count, data.Tasks.Count == 0 ? 0 : data.Tasks[0].Classes.Count);
        if (found != entry.Expected)
            throw new DatasetException($"The data set '{entry.Name}' holds {Text(found)}, but the catalogue expects {Text(entry.Expected)}; its owner has changed it.");
    }

    private static string Text(CatalogueCounts counts) =>
        $"{counts.Nodes} nodes of {counts.NodeTypes} types, {counts.Edges} edges of {counts.EdgeTypes} types and {counts.Classes} classes";

    /// <summary>The datasets folders above the program and above the current folder: a clone of the repository has one.</summary>
    private static IEnumerable<string> EmbeddedRoots()
    {
        foreach (string start in (string[])[AppContext.BaseDirectory, Environment.CurrentDirectory])
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string root = Path.Combine(folder.FullName, "datasets");
                if (File.Exists(Path.Combine(root, "catalogue.json")))
                    yield return root;
            }
        }
    }

    private static List<CatalogueEntry> BuiltIn()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty("entries").Deserialize<List<CatalogueEntry>>(Options)!;
    }
}
