using System.CommandLine;

namespace GraphEngine.Cli;

/// <summary>Files that a command will write in the end: looked at before the work starts, so that hours are not lost to a misspelt folder.</summary>
internal static class OutputFile
{
    // How flags that take a file name their value in the help.
    private const string FileValue = "FILE";

    /// <summary>Checks that no two flags name the same file: what one of them writes would take the place of what another one reads or writes.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="UsageException">Two of them do.</exception>
    public static void CheckDistinct(ParseResult parsed)
    {
        Dictionary<string, string> flags = [];
        foreach (Option<string?> flag in parsed.CommandResult.Command.Options.Append(Flags.Json).OfType<Option<string?>>().Distinct().Where(o => o.HelpName?.StartsWith(FileValue, StringComparison.Ordinal) == true))
        {
            if (parsed.GetValue(flag) is not { Length: > 0 } path || path == "-")
                continue;
            string full = Path.GetFullPath(path);
            if (!full.StartsWith("/dev/", StringComparison.Ordinal) && !flags.TryAdd(full, flag.Name))
                throw new UsageException($"{flags[full]} and {flag.Name} name the same file, '{path}'; give each its own.");
        }
    }

    /// <summary>Checks that a file can be put where a flag says.</summary>
    /// <param name="flag">The flag.</param>
    /// <param name="path">The file; null when the flag was left out.</param>
    /// <exception cref="CommandException">Its folder does not exist, or it is a folder or a device itself.</exception>
    public static void Check(string flag, string? path)
    {
        if (path is null)
            return;
        // Files other than JSON are written beside their place and moved there, which would put a plain file in the place of a device.
        if (flag != Flags.Json.Name && Path.GetDirectoryName(Path.GetFullPath(path)) == "/dev")
            throw new CommandException($"{flag}: '{path}' is a device; give the name of a file.");
        if (Directory.Exists(path))
            throw new CommandException($"{flag}: '{path}' is a folder; give the name of a file.");
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new CommandException($"{flag}: the folder of '{path}' does not exist; create it first.");
    }
}
