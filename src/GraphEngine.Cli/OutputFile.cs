using System.CommandLine;
using GraphEngine.Data;
using GraphEngine.Tensors;

namespace GraphEngine.Cli;

/// <summary>Files that a command will write in the end: looked at before the work starts, so that hours are not lost to a misspelt folder.</summary>
internal static class OutputFile
{
    // How flags that take a file name their value in the help.
    private const string FileValue = "FILE";

    /// <summary>
    /// Checks that no two flags name the same file: what one of them writes would take the place of what another one reads or writes.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="UsageException">Two of them do.</exception>
    public static void CheckDistinct(ParseResult parsed)
    {
        IEnumerable<(string Name, string? Path)> read = parsed.CommandResult.Command.Arguments.Where(a => a.Name == FileValue).SelectMany(a => parsed.GetResult(a)?.Tokens.Select(t => (a.Name, (string?)t.Value)) ?? []);
        IEnumerable<(string Name, string? Path)> flags = parsed.CommandResult.Command.Options.Append(Flags.Json).OfType<Option<string?>>().Distinct()
            .Where(o => o.HelpName?.StartsWith(FileValue, StringComparison.Ordinal) == true).Select(o => (o.Name, parsed.GetValue(o)));
        Dictionary<string, string> names = [];
        foreach ((string name, string? path) in read.Concat(flags).Where(f => f.Path is { Length: > 0 } and not "-" && !IsDevice(f.Path)))
        {
            // A case may be verified twice.
            if (!names.TryAdd(Path.GetFullPath(path!), name) && name != FileValue)
                throw new UsageException($"{names[Path.GetFullPath(path!)]} and {name} name the same file, '{path}'; give each its own.");
        }
    }

    /// <summary>True for what is no file that could be replaced by another one: a device, or the pipe of a shell.</summary>
    /// <param name="path">The path.</param>
    public static bool IsDevice(string path) => Path.GetFullPath(WholeFile.Target(path)) is var full && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal) || InputFile.IsPipe(full));

    /// <summary>Checks that a file can be put where a flag says.</summary>
    /// <param name="flag">The flag.</param>
    /// <param name="path">The file; null when the flag was left out.</param>
    /// <exception cref="CommandException">Its folder does not exist or cannot be written to, or it is a folder or a device itself.</exception>
    public static void Check(string flag, string? path)
    {
        if (path is null)
            return;
        if (path == "-")
            throw new CommandException($"{flag}: only {Flags.Json.Name} can go to the output; give the name of a file.");
        if (DatasetFolder.IsPart(path))
            throw new CommandException($"{flag}: '{path}' is part of a data set; give another name, since what is written would take its place.");
        // Files are written beside their place and moved there, which would put a plain file in the place of a device; JSON is written to a device as
        // it is.
        if (flag != Flags.Json.Name && IsDevice(path))
            throw new CommandException($"{flag}: '{path}' is a device or a pipe; give the name of a file.");
        if (Directory.Exists(path))
            throw new CommandException($"{flag}: '{path}' is a folder; give the name of a file.");
        string folder = Path.GetDirectoryName(Path.GetFullPath(WholeFile.Target(path)))!;
        if (!Directory.Exists(folder))
            throw new CommandException($"{flag}: the folder of '{path}' does not exist; create it first.");
        if (IsDevice(path))
            return;
        try
        {
            using FileStream probe = new(Path.Combine(folder, $".{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{flag}: nothing can be written to the folder of '{path}'; give a file in another one, or change its permissions.");
        }
    }
}
