using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Cli.Tests;

/// <summary>
/// Everything that can be wrong on the way into the program, each with the one line it answers and the exit code. @ stands for the test's folder.
/// </summary>
public sealed partial class BrokenInputTests : IDisposable
{
    private const int Failure = 1;
    private const int WrongUsage = 2;

    private static readonly Dictionary<string, Case> Cases =
        ((IEnumerable<KeyValuePair<string, Case>>)[.. Arguments, .. Configurations, .. Places, .. Folders, .. Sources, .. Checkpoints, .. References]).ToDictionary();

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Cases.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Answers_with_one_line_and_an_exit_code(string name)
    {
        Case broken = Cases[name];
        broken.Break?.Invoke(_folder.Path);
        CommandLine run = CommandLine.Run([.. broken.Command.Split(' ').Select(word => word.Replace("@", _folder.Path, StringComparison.Ordinal))]);
        Assert.Equal("error: " + broken.Sentence + "\n", run.Error.Replace(_folder.Path, "@", StringComparison.Ordinal).ReplaceLineEndings("\n"));
        Assert.Equal(broken.Code, run.Code);
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_enough_of_them() => Assert.True(Cases.Count >= 40, $"{Cases.Count} broken inputs");

    [Fact]
    public void Debug_adds_the_stack_trace()
    {
        CommandLine run = CommandLine.Run("verify", "none.safetensors", "--debug");
        Assert.StartsWith("error: There is no file 'none.safetensors';", run.Error, StringComparison.Ordinal);
        Assert.Contains("   at GraphEngine.Cli.Commands.VerifyCommand", run.Error, StringComparison.Ordinal);
    }

    /// <summary>A broken input.</summary>
    /// <param name="Command">The arguments, separated by blanks.</param>
    /// <param name="Sentence">What must be answered.</param>
    /// <param name="Break">Makes the input.</param>
    /// <param name="Code">The exit code.</param>
    private sealed record Case(string Command, string Sentence, Action<string>? Break = null, int Code = Failure);
}
