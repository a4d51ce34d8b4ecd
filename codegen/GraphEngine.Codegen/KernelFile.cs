using System.Security.Cryptography;
using GraphEngine.Tensors;

namespace GraphEngine.Codegen;

/// <summary>One assembly in the cache folder: its SHA-256, then its bytes. A file that is damaged in any way counts as absent.</summary>
internal static class KernelFile
{
    /// <summary>How the names of builds' folders begin: nothing else beside them is ever removed.</summary>
    public const string PrefixOfBuilds = "build-";

    private const string Extension = ".kernels";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30), Marked = TimeSpan.FromDays(1);

    /// <summary>True when there is an assembly in a folder.</summary>
    public static bool IsAnyIn(string folder)
    {
        try
        {
            return Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*" + Extension).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads an assembly, or returns null when there is none to trust.</summary>
    public static byte[]? TryRead(string folder, string key)
    {
        try
        {
            byte[] file = File.ReadAllBytes(PathOf(folder, key));
            if (file.Length <= SHA256.HashSizeInBytes)
                return null;
            byte[] image = file[SHA256.HashSizeInBytes..];
            if (!file.AsSpan(0, SHA256.HashSizeInBytes).SequenceEqual(SHA256.HashData(image)))
                return null;
            MarkAsUsed(folder);
            return image;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void MarkAsUsed(string folder)
    {
        try
        {
            // Not at every hit: what is asked of it is whether somebody has used the folder for a month.
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > Marked)
                Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Kernels of a folder that belongs to somebody else can be read all the same; removing it is that user's business too.
        }
    }

    /// <summary>Writes an assembly whole or not at all: other processes may read and write the same folder.</summary>
    public static void TryWrite(string folder, string key, byte[] image)
    {
        try
        {
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                RemoveUnused(Path.GetDirectoryName(folder)!);
            }
            WholeFile.Write(PathOf(folder, key), place => File.WriteAllBytes(place, [.. SHA256.HashData(image), .. image]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk or a read-only folder costs time later, not the run.
        }
    }

    /// <summary>Removes the folders of builds that have not been used lately. A process that still runs such a build compiles again.</summary>
    private static void RemoveUnused(string builds)
    {
        foreach (string build in Directory.EnumerateDirectories(builds, PrefixOfBuilds + "*"))
        {
            try
            {
                if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(build) > Kept)
                    Directory.Delete(build, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another process removes it, too, or uses it again.
            }
        }
    }

    private static string PathOf(string folder, string key) => Path.Combine(folder, key + Extension);
}
