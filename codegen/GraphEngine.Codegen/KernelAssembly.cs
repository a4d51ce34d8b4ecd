using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Security.Cryptography;

namespace GraphEngine.Codegen;

/// <summary>The loaded assembly of a plan's kernels.</summary>
public sealed class KernelAssembly
{
    /// <summary>The namespace of every generated kernel class.</summary>
    public const string Namespace = "GraphEngine.Generated";

    // One image is loaded once per process: ILGPU's launchers find types by the name of the assembly, and a second copy would be another type.
    private static readonly ConcurrentDictionary<string, Lazy<KernelAssembly>> Loaded = new();

    private readonly Assembly _assembly;

    private KernelAssembly(Assembly assembly) => _assembly = assembly;

    /// <summary>Loads an assembly that <see cref="KernelCompiler"/> made.</summary>
    /// <param name="image">Its bytes.</param>
    /// <exception cref="BadImageFormatException">The bytes are not an assembly.</exception>
    public static KernelAssembly Load(byte[] image) =>
        Loaded.GetOrAdd(Convert.ToHexString(SHA256.HashData(image)), _ => new Lazy<KernelAssembly>(() => LoadOnce(image))).Value;

    /// <summary>The entry method of a kernel.</summary>
    /// <param name="kernel">The name of the kernel class.</param>
    public MethodInfo Entry(string kernel) => Method(kernel, "Entry");

    /// <summary>The method that binds arguments to a kernel.</summary>
    /// <param name="kernel">The name of the kernel class.</param>
    public KernelBinder Binder(string kernel) => Method(kernel, "Bind").CreateDelegate<KernelBinder>();

    /// <summary>The method that binds arguments to the lanes of a SIMD kernel.</summary>
    /// <param name="kernel">The name of the kernel class.</param>
    public LaneBinder LaneBinder(string kernel) => Method(kernel, "BindLanes").CreateDelegate<LaneBinder>();

    /// <summary>
    /// Compiles the bodies of SIMD kernels to machine code in the background, so that memory can be prepared meanwhile and the first run waits for
    /// less.
    /// </summary>
    public void PrepareLanes() => _ = Task.Run(() =>
    {
        foreach (Type type in _assembly.GetTypes())
        {
            foreach (MethodInfo method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (method.MethodImplementationFlags.HasFlag(MethodImplAttributes.AggressiveOptimization))
                    RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
        }
    });

    private static KernelAssembly LoadOnce(byte[] image)
    {
        // Not collectible: ILGPU holds the methods as long as the accelerator lives, so nothing would be freed.
        var context = new AssemblyLoadContext(Namespace);
        using var stream = new MemoryStream(image, writable: false);
        return new KernelAssembly(context.LoadFromStream(stream));
    }

    private MethodInfo Method(string kernel, string name)
    {
        Type type = _assembly.GetType($"{Namespace}.{kernel}")
            ?? throw new ArgumentException($"There is no kernel '{kernel}' in this assembly; it has {string.Join(", ", Kernels())}.", nameof(kernel));
        return type.GetMethod(name, BindingFlags.Static | BindingFlags.Public)
            ?? throw new ArgumentException($"The kernel '{kernel}' has no public static method '{name}'.", nameof(kernel));
    }

    private IEnumerable<string> Kernels() => _assembly.GetExportedTypes().Where(t => !t.IsNested).Select(t => t.Name);
}
