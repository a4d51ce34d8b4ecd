using Xunit;

namespace GraphEngine.Learning.Tests.Models;

public sealed class BuilderCodeTests
{
    private const int Most = 60;

    /// <summary>
    /// Builder code is what makes a layer's program: every line of the records RgcnLayer, RgatLayer and HgtLayer between their outer braces that is
    /// neither blank, nor a comment, nor a brace alone, nor the signature of a method with a body in braces; an expression-bodied member counts with
    /// all of its lines. The products of relations that RGCN and RGAT share are RelationProducts and not in it, nor is what a model is made of layers
    /// by.
    /// </summary>
    [Fact]
    public void The_three_layers_take_at_most_sixty_lines_of_builder_code()
    {
        Dictionary<string, int> lines = ((string[])["RgcnLayer", "RgatLayer", "HgtLayer"]).ToDictionary(layer => layer, layer => Count(File.ReadAllLines(Path.Combine(Models(), $"{layer}.cs"))));
        Assert.All(lines, l => Assert.True(l.Value > 5, $"{l.Key} seems to have {l.Value} lines; has it another form now?"));
        Assert.True(lines.Values.Sum() <= Most, $"The layers take {lines.Values.Sum()} lines: {string.Join(", ", lines.Select(l => $"{l.Key} {l.Value}"))}.");
    }

    private static int Count(string[] file)
    {
        int open = Array.IndexOf(file, "{");
        string[] body = [.. file[(open + 1)..Array.LastIndexOf(file, "}")].Select(line => line.Trim())];
        return body.Where((line, i) => line.Length > 0 && line is not ("{" or "}") && !line.StartsWith("//", StringComparison.Ordinal) && !(i + 1 < body.Length && body[i + 1] == "{" && IsSignature(line))).Count();
    }

    private static bool IsSignature(string line) => line.StartsWith("public ", StringComparison.Ordinal) || line.StartsWith("private ", StringComparison.Ordinal);

    private static string Models()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GraphEngine.sln")))
                return Path.Combine(folder.FullName, "src", "GraphEngine.Learning", "Models");
        }
        throw new DirectoryNotFoundException("The tests do not lie inside the repository.");
    }
}
