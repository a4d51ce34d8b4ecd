using System.Text.Json;

namespace GraphEngine.Cli.Tests;

/// <summary>One run of the program in this process, and what it left behind.</summary>
internal sealed record CommandLine(int Code, string Output, string Error)
{
    /// <summary>The object that <c>--json -</c> wrote: parsing fails when anything else is on the output.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static CommandLine Run(params string[] args) => Run(new StringWriter(), CancellationToken.None, args);

    public static CommandLine Run(TextWriter output, CancellationToken cancellation, params string[] args)
    {
        StringWriter error = new();
        int code = Cli.Run(args, output, error, cancellation);
        return new CommandLine(code, output.ToString()!, error.ToString());
    }
}
