using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace GraphEngine.Cli.Tests;

/// <summary>The blocks of C# in docs/library.md are one program, as it says.</summary>
public sealed partial class LibraryDocumentTests
{
    // What the SDK adds to every project by default.
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading;";

    [Fact]
    public async Task The_blocks_of_the_document_are_a_program_that_runs()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "library.md"), cancellation);
        string program = string.Concat(Blocks().Matches(text).Select(m => m.Groups[1].Value));
        // The program lies beside the assemblies that it refers to, and works in a folder of its own.
        string name = $"LibraryDocument-{Environment.ProcessId}", path = Path.Combine(AppContext.BaseDirectory, $"{name}.dll");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("graphengine-library-");
        try
        {
            Assert.Empty(Compilation(name, program).Emit(path, cancellationToken: cancellation).Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning));
            (int code, string output, string errors) = await Run(path, folder.FullName, cancellation);
            Assert.True(code == 0, errors);
            Assert.Contains("loaded: test accuracy", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
            folder.Delete(recursive: true);
        }
    }

    private static CSharpCompilation Compilation(string name, string program)
    {
        string assemblies = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        return CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(program)],
            assemblies.Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
    }

    private static async Task<(int Code, string Output, string Errors)> Run(string path, string folder, CancellationToken cancellation)
    {
        string own = Path.Combine(AppContext.BaseDirectory, "GraphEngine.Cli.Tests");
        ProcessStartInfo start = new("dotnet", ["exec", "--depsfile", $"{own}.deps.json", "--runtimeconfig", $"{own}.runtimeconfig.json", path])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation), errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output, await errors);
    }

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
