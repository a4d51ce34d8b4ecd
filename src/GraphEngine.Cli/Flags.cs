using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GraphEngine.Cli;

/// <summary>Flags: those that several verbs share, and makers of flags whose mistakes are answered by a sentence.</summary>
internal static class Flags
{
    /// <summary>The flag <c>--json</c>.</summary>
    public static Option<string?> Json { get; } = new("--json") { Description = "Write the result as one JSON object to a file, or to the output with '-'.", HelpName = "FILE|-", Recursive = true };

    /// <summary>The flag <c>--debug</c>.</summary>
    public static Option<bool> Debug { get; } = new("--debug") { Description = "Show the stack trace of an error.", Recursive = true };

    /// <summary>The flag <c>--device</c>.</summary>
    public static Option<string?> Device() => Text("--device", "ID", "auto (the default: CUDA, then an OpenCL GPU, then the CPU), cpu, cuda:N or opencl:N.");

    /// <summary>The flag <c>--disable</c>.</summary>
    /// <param name="limit">What its help adds; nothing as a rule.</param>
    public static Option<string?> Disable(string limit = "") => Text("--disable", "PASS,..", $"Passes to leave out, separated by commas{limit}: {PassNames.Choices}.");

    /// <summary>A flag that takes any text.</summary>
    /// <param name="name">The flag.</param>
    /// <param name="value">What the help calls its value.</param>
    /// <param name="description">What it is for.</param>
    public static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    /// <summary>A flag that must be given.</summary>
    /// <param name="name">The flag.</param>
    /// <param name="value">What the help calls its value.</param>
    /// <param name="description">What it is for.</param>
    public static Option<string> Required(string name, string value, string description) => new(name) { Description = description, HelpName = value, Required = true };

    /// <summary>A flag that takes one of some words.</summary>
    /// <param name="name">The flag.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="choices">The words.</param>
    public static Option<string?> OneOf(string name, string description, IEnumerable<string> choices) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', choices),
        CustomParser = argument =>
        {
            string text = Token(argument);
            if (!choices.Contains(text, StringComparer.Ordinal))
                argument.AddError($"{name}: there is no '{text}'; choose one of {string.Join(", ", choices)}.");
            return text;
        },
    };

    /// <summary>A flag that takes a whole number.</summary>
    /// <param name="name">The flag.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="least">The smallest value.</param>
    /// <param name="most">The largest value.</param>
    public static Option<int?> Whole(string name, string description, int least, int most = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = argument =>
        {
            string text = Token(argument);
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
                return number;
            argument.AddError($"{name}: '{text}' does not fit; give a whole number {(most == int.MaxValue ? $"of at least {least}" : $"from {least} to {most}")}.");
            return null;
        },
    };

    /// <summary>A flag that takes a number.</summary>
    /// <param name="name">The flag.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="fits">The values allowed.</param>
    /// <param name="range">The same, as the end of the sentence "give a number ...".</param>
    public static Option<double?> Number(string name, string description, Func<double, bool> fits, string range) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = argument =>
        {
            string text = Token(argument);
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && fits(number))
                return number;
            argument.AddError($"{name}: '{text}' does not fit; give a number {range}.");
            return null;
        },
    };

    /// <summary>The words of a flag that takes several, separated by commas.</summary>
    /// <param name="text">The value of the flag; null when it was left out.</param>
    public static IReadOnlyList<string> Words(string? text) => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static string Token(ArgumentResult argument) => argument.Tokens[^1].Value;
}
