using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace GraphEngine.Cli.Tests;

/// <summary>The sample that the README shows is a real program.</summary>
public sealed class QuickstartSampleTests
{
    [Fact]
    public void The_README_shows_the_sample()
    {
        // The one in the repository, found from where the tests were built.
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "docs", "samples", "quickstart.cs")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        string Text(params string[] path) => File.ReadAllText(Path.Combine([folder.FullName, .. path])).ReplaceLineEndings("\n");
        Assert.Contains($"```csharp\n{Text("docs", "samples", "quickstart.cs")}```", Text("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_compiles()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "quickstart.cs"));
        string assemblies = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Quickstart",
            [CSharpSyntaxTree.ParseText(text, cancellationToken: TestContext.Current.CancellationToken)],
            assemblies.Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity >= DiagnosticSeverity.Warning));
    }
}
