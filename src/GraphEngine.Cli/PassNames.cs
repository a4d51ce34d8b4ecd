using GraphEngine.Passes;

namespace GraphEngine.Cli;

/// <summary>The value of <c>--disable</c>.</summary>
internal static class PassNames
{
    /// <summary>Everything that may be named, in words.</summary>
    public static string Choices { get; } = $"{string.Join(", ", Pipeline.Optional)}, or a baseline, which leaves out every pass that it has none of: {string.Join(", ", Baseline.All.Select(b => b.Name))}";

    /// <summary>Reads names of passes and baselines.</summary>
    /// <param name="text">Names separated by commas; null for none.</param>
    /// <returns>The names of the passes to leave out.</returns>
    /// <exception cref="UsageException">A name is neither a pass that can be left out nor a baseline.</exception>
    public static IReadOnlySet<string> Parse(string? text) => Flags.Words(text).SelectMany(PassesOf).ToHashSet();

    private static IEnumerable<string> PassesOf(string name) => Pipeline.Optional.Contains(name) ? [name]
        : Baseline.Find(name)?.Disabled ?? throw new UsageException($"--disable: there is no pass '{name}' that can be left out; choose from {Choices}.");
}
