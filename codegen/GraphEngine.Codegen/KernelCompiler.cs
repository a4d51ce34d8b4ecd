using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Security.Cryptography;
using System.Text;
using ILGPU;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace GraphEngine.Codegen;

/// <summary>Compiles the texts of a plan by Roslyn to one assembly in memory. <see cref="KernelCache"/> stands in front of it.</summary>
public static class KernelCompiler
{
    private const string PreludeName = "prelude";

    // ILGPU is built against the facade System.Runtime and shows immutable arrays in its signatures.
    private static readonly string[] Facades = ["System.Runtime", "System.Runtime.Intrinsics", "System.Collections.Immutable", "System.Memory"];

    private static readonly Lazy<MetadataReference[]> References = new(FindReferences);

    /// <summary>Compiles kernels, optimised, with unsafe code allowed.</summary>
    /// <param name="sources">The texts.</param>
    /// <returns>The bytes of the assembly.</returns>
    /// <exception cref="KernelCompilationException">A text is not valid C#; the message has kernel, line and error, for the first errors.</exception>
    public static byte[] Compile(IReadOnlyList<KernelSource> sources)
    {
        var parse = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None);
        List<SyntaxTree> trees = [Parse(PreludeName, KernelPrelude.Text, parse), .. sources.Select(s => Parse(s.Name, s.Text, parse))];
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, optimizationLevel: Microsoft.CodeAnalysis.OptimizationLevel.Release, allowUnsafe: true, deterministic: true);
        CSharpCompilation compilation = CSharpCompilation.Create(AssemblyName(sources), trees, References.Value, options);
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        return result.Success ? stream.ToArray() : throw new KernelCompilationException(Describe(result.Diagnostics));
    }

    // ILGPU's launchers find the types of a kernel through the name of its assembly, so no two assemblies of a process may share one.
    private static string AssemblyName(IReadOnlyList<KernelSource> sources)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', sources.Select(s => s.Name + '\0' + s.Body))));
        return $"{KernelAssembly.Namespace}.{Convert.ToHexStringLower(hash.AsSpan(0, 16))}";
    }

    private static SyntaxTree Parse(string name, string text, CSharpParseOptions options) =>
        CSharpSyntaxTree.ParseText(SourceText.From(text, Encoding.UTF8), options, path: name);

    private static string Describe(IEnumerable<Diagnostic> diagnostics)
    {
        const int shown = 5;
        Diagnostic[] errors = [.. diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).OrderBy(d => d.Location.SourceSpan.Start)];
        var message = new StringBuilder();
        foreach (Diagnostic error in errors.Take(shown))
        {
            FileLinePositionSpan place = error.Location.GetLineSpan();
            string line = error.Location.SourceTree?.GetText().Lines[place.StartLinePosition.Line].ToString().Trim() ?? "";
            message.AppendLine(CultureInfo.InvariantCulture,
                $"The kernel '{place.Path}' does not compile: line {place.StartLinePosition.Line + 1}: {error.Id} {error.GetMessage(CultureInfo.InvariantCulture)}: {line}");
        }
        if (errors.Length > shown)
            message.AppendLine(CultureInfo.InvariantCulture, $"({errors.Length - shown} more errors)");
        return message.ToString().TrimEnd();
    }

    private static MetadataReference[] FindReferences()
    {
        Assembly[] named = [typeof(object).Assembly, typeof(Context).Assembly, typeof(KernelCompiler).Assembly, typeof(GraphEngine.Tensors.CounterRandom).Assembly];
        return [.. named.Concat(Facades.Select(Assembly.Load)).Distinct().Select(Reference)];
    }

    // From the metadata in memory and not from a path: in a single-file program there is no path.
    private static unsafe PortableExecutableReference Reference(Assembly assembly)
    {
        if (!assembly.TryGetRawMetadata(out byte* blob, out int length))
            throw new InvalidOperationException($"The assembly {assembly.GetName().Name} has no metadata in memory, so kernels cannot refer to it.");
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromMetadata((IntPtr)blob, length)).GetReference(display: assembly.GetName().Name);
    }
}
