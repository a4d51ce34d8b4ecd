using GraphEngine.Data.Folders;
using GraphEngine.Graphs;

namespace GraphEngine.Data;

/// <summary>
/// A data set as a folder: graph.json, one Parquet table per node type in nodes, and one per edge type in edges. A node type
/// without ids, features and tasks has no table. Several threads may read, and write folders of their own.
/// </summary>
public static class DatasetFolder
{
    /// <summary>Reads a data set and checks all of it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DatasetException">Something is missing or wrong; the message names file, row and column, and the cure.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static GraphData Read(string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new DatasetFolderReader(path, ManifestReader.Read(path), cancellation).Read() with { Folder = Path.GetFullPath(path) };
    }

    /// <summary>True when a folder holds a data set, whole or damaged.</summary>
    /// <param name="path">The folder.</param>
    public static bool IsAt(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return File.Exists(Path.Combine(path, DatasetManifest.FileName));
    }

    /// <summary>True for a file that is there and belongs to a data set: its manifest, or one of its tables.</summary>
    /// <param name="file">The file.</param>
    public static bool IsPart(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        string full = Path.GetFullPath(file);
        string? folder = Path.GetDirectoryName(full), above = Path.GetDirectoryName(folder);
        return File.Exists(full) && (Path.GetFileName(full) == DatasetManifest.FileName
            ? DatasetManifest.HasTables(folder!)
            : above is not null && DatasetManifest.IsTable(Path.GetRelativePath(above, full)) && IsAt(above));
    }

    /// <summary>
    /// Writes a data set: first to a sibling folder, which then takes the place of the target, so that nothing half written is ever found
    /// there. An older data set in the target is replaced; whatever else its folder holds is kept.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="path">The folder; new, empty, or an older data set.</param>
    /// <param name="documents">More files for the folder, by name: a licence that must go with the data.</param>
    /// <param name="cancellation">Stops the writing and removes what was written.</param>
    /// <exception cref="DatasetException">The data contradict themselves, or the folder holds something else.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(GraphData data, string path, IReadOnlyDictionary<string, string>? documents = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(path);
        DataCheck.Check(data);
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        // A link stays one, and its target is written.
        if (new DirectoryInfo(target).LinkTarget is not null)
            target = Directory.ResolveLinkTarget(target, returnFinalTarget: true)!.FullName;
        if ((Environment.CurrentDirectory + Path.DirectorySeparatorChar).StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal) && Directory.Exists(target))
            throw new DatasetException($"{path} is the current folder, or holds it, and cannot be replaced from within; write it from another folder.");
        bool replaces = Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any();
        if (replaces && !File.Exists(Path.Combine(target, DatasetManifest.FileName)))
            throw new DatasetException($"{path} is not empty and holds no data set; choose a new folder.");
        // Names of their own: nothing else that lies beside the target is touched. What an interruption leaves behind is hidden and no data set.
        string own = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}"), partial = own + ".partial", old = own + ".old";
        Directory.CreateDirectory(partial);
        try
        {
            new DatasetFolderWriter(partial, data, cancellation).Write();
            foreach ((string name, string text) in documents ?? new Dictionary<string, string>())
                File.WriteAllText(Path.Combine(partial, name), text);
            if (replaces)
                CopyOthers(new DirectoryInfo(target), "", partial, cancellation);
            cancellation.ThrowIfCancellationRequested();
            Replace(target, partial, old);
        }
        finally
        {
            Remove(partial);
        }
    }

    /// <summary>Puts the new folder in the place of the old one; when that fails, the old one is back in its place.</summary>
    private static void Replace(string target, string partial, string old)
    {
        bool exists = Directory.Exists(target);
        if (exists)
        {
            KeepMode(target, partial);
            Directory.Move(target, old);
        }
        try
        {
            Directory.Move(partial, target);
        }
        catch when (exists)
        {
            Directory.Move(old, target);
            throw;
        }
        try
        {
            Remove(old);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The data set is in its place; what is left of the old one is hidden beside it.
        }
    }

    private static void KeepMode(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
    }

    /// <summary>Copies what belongs to no data set: everything but tables and what is there already, links as links.</summary>
    private static void CopyOthers(DirectoryInfo from, string within, string to, CancellationToken cancellation)
    {
        foreach (FileSystemInfo entry in from.EnumerateFileSystemInfos())
        {
            cancellation.ThrowIfCancellationRequested();
            string name = Path.Combine(within, entry.Name), copy = Path.Combine(to, name);
            bool isThere = Path.Exists(copy);
            if (entry.LinkTarget is string link)
            {
                if (!isThere)
                    _ = entry is DirectoryInfo ? Directory.CreateSymbolicLink(copy, link) : File.CreateSymbolicLink(copy, link);
            }
            else if (entry is DirectoryInfo folder)
            {
                Directory.CreateDirectory(copy);
                CopyOthers(folder, name, to, cancellation);
                KeepMode(folder.FullName, copy);
            }
            else if (!isThere && !DatasetManifest.IsTable(name))
            {
                File.Copy(entry.FullName, copy);
            }
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
