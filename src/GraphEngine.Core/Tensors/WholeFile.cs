namespace GraphEngine.Tensors;

/// <summary>
/// Files that are written whole or not at all: beside their place, and moved there when they are complete. A full disk or an interruption leaves what
/// was there before. A link stays one, and its target is written.
/// </summary>
public static class WholeFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="write">Writes it to the path that is given: a name of its own beside the file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written there.</exception>
    public static void Write(string path, Action<string> write)
    {
        path = Target(path);
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            write(partial);
            // Who may read the old file may read the new one, and nobody else.
            if (!OperatingSystem.IsWindows() && File.Exists(path))
                File.SetUnixFileMode(partial, File.GetUnixFileMode(path));
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (Named(e, partial, path) is Exception named)
        {
            throw named;
        }
        finally
        {
            if (File.Exists(partial))
                File.Delete(partial);
        }
    }

    /// <summary>What is written in the end: the target of a link, whose place nothing else takes; of other paths, themselves.</summary>
    /// <param name="path">The file.</param>
    public static string Target(string path) => new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;

    /// <summary>The error with the name that was asked for: nobody knows the other one. Null for errors that do not name it.</summary>
    private static Exception? Named(Exception e, string partial, string path)
    {
        string message = e.Message.Replace(partial, path, StringComparison.Ordinal);
        return message == e.Message ? null : e switch
        {
            DirectoryNotFoundException => new DirectoryNotFoundException(message, e),
            UnauthorizedAccessException => new UnauthorizedAccessException(message, e),
            IOException when e.GetType() == typeof(IOException) => new IOException(message, e),
            _ => null,
        };
    }
}
