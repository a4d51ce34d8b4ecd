using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace GraphEngine.Cli;

/// <summary>Runs one command line, with everything that all verbs share: usage errors, one-line errors, exit codes.</summary>
internal static class Cli
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int WrongUsage = 2;

    /// <summary>The usual code of a program that Ctrl-C ended: 128 and the number of the signal.</summary>
    public const int Interrupted = 130;

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments after the program's name.</param>
    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives errors, and the text for people while <paramref name="output"/> is taken by JSON.</param>
    /// <param name="cancellation">Stops the command cleanly.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        CommandContext context = new(output, error, cancellation);
        RootCommand root = Program.Commands(context);
        ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        try
        {
            // Help is given without the flags that it tells of.
            if (parsed.Action is HelpAction)
                return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
            if (parsed.Action is not ParseErrorAction)
                parsed = ConfigFile.Expand(parsed);
            if (parsed.Action is ParseErrorAction)
            {
                error.WriteLine("error: " + UsageText(parsed));
                return WrongUsage;
            }
            context.JsonTarget = parsed.GetValue(Flags.Json);
            OutputFile.Check(Flags.Json.Name, context.JsonTarget is "-" ? null : context.JsonTarget);
            OutputFile.CheckDistinct(parsed);
            InvocationConfiguration configuration = new() { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return parsed.Invoke(configuration);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            error.WriteLine("error: Interrupted.");
            return Interrupted;
        }
        catch (UsageException e)
        {
            error.WriteLine("error: " + e.Message);
            return WrongUsage;
        }
        // The last line of defence: whatever goes wrong below, a terminal shows one line.
        catch (Exception e)
        {
            error.WriteLine("error: " + ErrorText.Of(e));
            if (parsed.GetValue(Flags.Debug))
                error.WriteLine(e);
            return Failure;
        }
    }

    private static string UsageText(ParseResult parsed)
    {
        // Sentences of our own say what to do; those of the parser only say what is wrong.
        if (parsed.Errors.FirstOrDefault(e => e.Message.Contains(';', StringComparison.Ordinal)) is { } own)
            return own.Message;
        string message = parsed.UnmatchedTokens is [string token, ..] ? $"Unrecognized command or argument '{token}'" : parsed.Errors[0].Message;
        List<string> path = [];
        for (var command = parsed.CommandResult; command is not null; command = command.Parent as System.CommandLine.Parsing.CommandResult)
            path.Insert(0, command.Command is RootCommand ? "graphengine" : command.Command.Name);
        return $"{message.TrimEnd('.')}; see '{string.Join(' ', path)} --help'.";
    }
}
