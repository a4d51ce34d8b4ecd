using System.Security.Cryptography;
using GraphEngine.Tensors;

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
        try
        {
            Directory.CreateDirectory(folder);
            WholeFile.Write(PathOf(folder, key), place => File.WriteAllBytes(place, [.. SHA256.HashData(image), .. image]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk or a read-only folder costs time later, not the run.
        }
    }

    private static string PathOf(string folder, string key) => Path.Combine(folder, key + ".kernels");
}
