namespace GraphEngine.Tensors;

/// <summary>Files that are read. A pipe in the place of one is refused: waiting for its other end might never end.</summary>
public static class InputFile
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is a pipe, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream OpenRead(string path) => File.OpenRead(Checked(path));

    /// <summary>Reads all of a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is a pipe, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadAllBytes(string path) => File.ReadAllBytes(Checked(path));

    /// <summary>Reads all of a text in UTF-8, without the mark that some editors put at its start.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is a pipe, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static ReadOnlyMemory<byte> ReadUtf8(string path)
    {
        ReadOnlyMemory<byte> text = ReadAllBytes(path);
        ReadOnlySpan<byte> mark = System.Text.Encoding.UTF8.Preamble;
        return text.Span.StartsWith(mark) ? text[mark.Length..] : text;
    }

    /// <summary>True for a path that is there and is a pipe. Opening one for both directions does not wait, and what has no length is none.</summary>
    /// <param name="path">The path.</param>
    public static bool IsPipe(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            _ = RandomAccess.GetLength(handle);
            return false;
        }
        catch (NotSupportedException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What may only be read is looked at by reading it.
            return false;
        }
    }

    // What a shell hands over under /dev is meant to be read to its end.
    private static string Checked(string path) =>
        !Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal) && IsPipe(path) ? throw new IOException($"'{path}' is a pipe; give the name of a file.") : path;
}
