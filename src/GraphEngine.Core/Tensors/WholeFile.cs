namespace GraphEngine.Tensors;

/// <summary>Files that are written whole or not at all: beside their place, and moved there when they are complete. A full disk or an interruption leaves what was there before.</summary>
public static class WholeFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="write">Writes it to the path that is given: a name of its own beside the file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<string> write)
    {
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            write(partial);
            File.Move(partial, path, overwrite: true);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && e.Message.Contains(partial, StringComparison.Ordinal))
        {
            // Nobody knows the other name.
            throw new IOException(e.Message.Replace(partial, path, StringComparison.Ordinal), e);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
