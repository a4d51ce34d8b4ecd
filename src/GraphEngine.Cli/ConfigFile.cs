using System.CommandLine;
using System.Text.Json;
using GraphEngine.Tensors;

namespace GraphEngine.Cli;

/// <summary>
/// Flags from a file: a JSON object whose keys are the names of flags without the dashes. Its values become arguments behind those that were
/// typed, unless the same flag was typed, so that every rule and every sentence is the one of the command line.
/// </summary>
internal static class ConfigFile
{
    /// <summary>The flag that names the file.</summary>
    public const string FlagName = "--config";

    /// <summary>Adds the flags of the file to a command line that names one.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The command line with the flags of the file.</returns>
    /// <exception cref="CommandException">The file is damaged, or has a key that is no flag of the verb.</exception>
    public static ParseResult Expand(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (command.Options.FirstOrDefault(o => o.Name == FlagName) is not Option<string?> flag || parsed.GetValue(flag) is not string path)
            return parsed;
        List<string> args = [.. parsed.Tokens.Select(t => t.Value)];
        foreach ((string key, JsonElement value) in Read(path))
        {
            Option option = command.Options.FirstOrDefault(o => o.Name == "--" + key && o.Name != FlagName)
                ?? throw new CommandException($"{path} has the key '{key}', which is no setting of '{command.Name}'; use {string.Join(", ", Keys(command))}.");
            if (parsed.GetResult(option) is not { Implicit: false })
                args.AddRange(Arguments(path, key, value));
        }
        return parsed.RootCommandResult.Command.Parse(args);
    }

    private static IEnumerable<string> Keys(Command command) => command.Options.Where(o => o.Name != FlagName && o.Name != "--help").Select(o => o.Name[2..]);

    private static string[] Arguments(string path, string key, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => ["--" + key, value.GetRawText()],
        JsonValueKind.Null => [],
        JsonValueKind.String => ["--" + key, value.GetString()!],
        JsonValueKind.Number => ["--" + key, value.GetRawText()],
        _ => throw new CommandException($"{path} gives '{key}' a list or an object; give one value."),
    };

    private static IEnumerable<(string Key, JsonElement Value)> Read(string path)
    {
        if (!File.Exists(path))
            throw new CommandException($"There is no file '{path}'; give --config the path of a JSON file.");
        JsonElement root;
        try
        {
            root = JsonDocument.Parse(InputFile.ReadUtf8(path), new JsonDocumentOptions { AllowDuplicateProperties = false }).RootElement;
        }
        catch (JsonException e)
        {
            throw new CommandException(e.LineNumber is long line
                ? $"{path} is not JSON: line {line + 1}, byte {e.BytePositionInLine + 1} cannot be read; repair it there."
                : $"{path} has a key twice; keep one of them.");
        }
        if (root.ValueKind != JsonValueKind.Object)
            throw new CommandException($"{path} must hold one JSON object; its keys are the names of flags without the dashes.");
        return root.EnumerateObject().Select(p => (p.Name, p.Value));
    }
}
