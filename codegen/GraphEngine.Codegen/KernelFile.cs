using System.Security.Cryptography;

namespace GraphEngine.Codegen;

/// <summary>One assembly in the cache folder: its SHA-256, then its bytes. A file that is damaged in any way counts as absent.</summary>
internal static class KernelFile
{
    /// <summary>Reads an assembly, or returns null when there is none to trust.</summary>
    public static byte[]? TryRead(string folder, string key)
    {
        try
        {
            byte[] file = File.ReadAllBytes(PathOf(folder, key));
            if (file.Length <= SHA256.HashSizeInBytes)
                return null;
            byte[] image = file[SHA256.HashSizeInBytes..];
            return file.AsSpan(0, SHA256.HashSizeInBytes).SequenceEqual(SHA256.HashData(image)) ? image : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes an assembly whole or not at all: other processes may read and write the same folder.</summary>
    public static void TryWrite(string folder, string key, byte[] image)
    {
        string path = PathOf(folder, key);
        string temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(temporary, [.. SHA256.HashData(image), .. image]);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk or a read-only folder costs time later, not the run.
            TryDelete(temporary);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing was left behind, or nothing can be done about it.
        }
    }

    private static string PathOf(string folder, string key) => Path.Combine(folder, key + ".kernels");
}
