using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using GraphEngine.Tensors;
using ILGPU;

namespace GraphEngine.Codegen;

/// <summary>
/// Compiled kernels by the hash of everything they depend on, in memory and in a folder. A hit loads no part of Roslyn, which alone costs most of a
/// second. The folder is a convenience: when it cannot be read or written, kernels are compiled again. Each build of the program has a folder of its
/// own in it; those of other builds are removed when nobody has used them for a month.
/// </summary>
public sealed class KernelCache
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string FolderVariable = "GRAPHENGINE_CACHE";

    private readonly ConcurrentDictionary<string, Lazy<KernelAssembly>> _loaded = new();
    private static readonly string Build = HashOfBuild();

    private readonly string? _folder;
    private int _compilations;

    /// <summary>Creates a cache.</summary>
    /// <param name="folder">Where assemblies are kept, or null to keep them in memory only.</param>
    public KernelCache(string? folder) => _folder = folder is null ? null : PlaceIn(folder);

    /// <summary>
    /// The cache of this process, in the folder that <see cref="FolderVariable"/> names or else in the user's local application data.
    /// </summary>
    public static KernelCache Default { get; } = new(DefaultFolder());

    /// <summary>How many assemblies were compiled, as opposed to found.</summary>
    public int Compilations => _compilations;

    /// <summary>Finds or compiles the kernels of a plan.</summary>
    /// <param name="sources">Their texts.</param>
    /// <param name="profile">The device they are meant for.</param>
    /// <exception cref="KernelCompilationException">A text is not valid C#.</exception>
    public KernelAssembly Load(IReadOnlyList<KernelSource> sources, DeviceProfile profile)
    {
        string key = Key(sources, profile);
        Lazy<KernelAssembly> entry = _loaded.GetOrAdd(key, k => new Lazy<KernelAssembly>(() => Find(k, sources)));
        try
        {
            return entry.Value;
        }
        catch
        {
            // What failed for a passing reason is tried again.
            _loaded.TryRemove(new KeyValuePair<string, Lazy<KernelAssembly>>(key, entry));
            throw;
        }
    }

    /// <summary>
    /// Gets Roslyn ready in the background when nothing is cached yet: most of a first compilation is the compiler compiling itself, which can happen
    /// while a data set is read. Does nothing where kernels of this build are found, since those need no compiler.
    /// </summary>
    public Task WarmUp() => HasKernelsOfThisBuild() ? Task.CompletedTask : Task.Run(() => KernelCompiler.Compile([KernelPrelude.Sample]));

    /// <summary>The hash under which kernels are kept.</summary>
    /// <param name="sources">Their texts.</param>
    /// <param name="profile">The device they are meant for.</param>
    public static string Key(IReadOnlyList<KernelSource> sources, DeviceProfile profile)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Build);
        Append(hash, profile.Key);
        foreach (KernelSource source in sources)
        {
            // Comments hold the names of a data set, which no machine code depends on.
            Append(hash, source.Name);
            Append(hash, source.Body);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The place of this build's kernels in a folder: no other build can use them.</summary>
    /// <param name="folder">The folder of a cache.</param>
    internal static string PlaceIn(string folder) => Path.Combine(folder, Build);

    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }

    /// <summary>The folder of the process's cache; null where the user has none.</summary>
    public static string? DefaultFolder()
    {
        string? named = Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrEmpty(named))
            return named;
        string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return local.Length == 0 ? null : Path.Combine(local, "GraphEngine", "kernels");
    }

    private KernelAssembly Find(string key, IReadOnlyList<KernelSource> sources)
    {
        byte[]? image = _folder is null ? null : KernelFile.TryRead(_folder, key);
        if (image is null)
        {
            image = Compile(sources);
            if (_folder is not null)
                KernelFile.TryWrite(_folder, key, image);
        }
        return KernelAssembly.Load(image);
    }

    private bool HasKernelsOfThisBuild() => _folder is not null && KernelFile.IsAnyIn(_folder);

    private static string HashOfBuild()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The module ids stand for the intrinsics, the prelude and the random numbers that kernels call; the runtime for the core library that the
        // assembly was bound to.
        Append(hash, typeof(KernelCache).Module.ModuleVersionId.ToString());
        Append(hash, typeof(CounterRandom).Module.ModuleVersionId.ToString());
        Append(hash, typeof(Context).Assembly.GetName().Version!.ToString());
        Append(hash, Environment.Version.ToString());
        return KernelFile.PrefixOfBuilds + Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    // A method of its own, never inlined: entering it is what loads Roslyn.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte[] Compile(IReadOnlyList<KernelSource> sources)
    {
        Interlocked.Increment(ref _compilations);
        return KernelCompiler.Compile(sources);
    }
}
