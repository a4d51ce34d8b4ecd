using System.Runtime.CompilerServices;
using Xunit;

namespace GraphEngine.Testing;

/// <summary>
/// Holds a text against a file beside the test, TEST.NAME.verified.txt. Where they differ the text is left as TEST.NAME.received.txt; with the
/// environment variable <see cref="AcceptVariable"/> set to 1 it becomes the file instead.
/// </summary>
public static class Golden
{
    /// <summary>The environment variable that accepts what differs.</summary>
    public const string AcceptVariable = "GRAPHENGINE_ACCEPT";

    /// <summary>Compares a text with its file.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="text">The text.</param>
    /// <param name="test">The path of the test's source; given by the compiler.</param>
    public static void Matches(string name, string text, [CallerFilePath] string test = "")
    {
        string start = Path.Combine(Path.GetDirectoryName(test)!, $"{Path.GetFileNameWithoutExtension(test)}.{name}");
        string verified = start + ".verified.txt", received = start + ".received.txt";
        string expected = File.Exists(verified) ? Normalize(File.ReadAllText(verified)) : "";
        string actual = Normalize(text);
        if (expected == actual)
        {
            File.Delete(received);
            return;
        }
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            File.WriteAllText(verified, actual);
            File.Delete(received);
            return;
        }
        File.WriteAllText(received, actual);
        string[] before = expected.Split('\n'), after = actual.Split('\n');
        int line = Enumerable.Range(0, Math.Max(before.Length, after.Length)).First(i => before.ElementAtOrDefault(i) != after.ElementAtOrDefault(i));
        Assert.Fail($"{Path.GetFileName(verified)} differs from line {line + 1}: '{before.ElementAtOrDefault(line)}' became '{after.ElementAtOrDefault(line)}'. "
            + $"Compare it with {Path.GetFileName(received)} beside it, or set {AcceptVariable}=1 to accept the new text.");
    }

    private static string Normalize(string text) => text.ReplaceLineEndings("\n").TrimEnd() + "\n";
}
