namespace GraphEngine.Tensors;

/// <summary>Files that are read. What has no length is not opened: a pipe has none, and waiting for its other end would never end; an empty file has nothing to read.</summary>
public static class InputFile
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Stream OpenRead(string path) => new FileInfo(path) is { Exists: true, Length: 0 } ? new MemoryStream([]) : File.OpenRead(path);

    /// <summary>Reads all of a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadAllBytes(string path) => new FileInfo(path) is { Exists: true, Length: 0 } ? [] : File.ReadAllBytes(path);
}
