using GraphEngine.Passes;

namespace GraphEngine.Cli;

/// <summary>The value of <c>--disable</c>.</summary>
internal static class PassNames
{
    /// <summary>Reads pass names.</summary>
    /// <param name="text">Names separated by commas; null for none.</param>
    /// <exception cref="UsageException">A name is no pass that can be left out.</exception>
    public static IReadOnlySet<string> Parse(string? text)
    {
        HashSet<string> names = [.. Flags.Words(text)];
        string? unknown = names.FirstOrDefault(name => !Pipeline.Optional.Contains(name));
        return unknown is null
            ? names
            : throw new UsageException($"--disable: there is no pass '{unknown}' that can be left out; choose from {string.Join(", ", Pipeline.Optional)}.");
    }
}
