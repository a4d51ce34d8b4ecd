using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GraphEngine.Tensors;
using Spectre.Console;

namespace GraphEngine.Cli;

/// <summary>What a command writes to, and what stops it.</summary>
/// <param name="output">Receives results.</param>
/// <param name="error">Receives errors.</param>
/// <param name="cancellation">Stops the command cleanly.</param>
internal sealed class CommandContext(TextWriter output, TextWriter error, CancellationToken cancellation)
{
    // Wide enough that no line of a table is ever folded in a log.
    private const int PlainWidth = 400;

    private IAnsiConsole? _console;

    /// <summary>Stops the command cleanly.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Where the JSON object goes: a file, <c>-</c> for the output, null for nowhere.</summary>
    public string? JsonTarget { get; set; }

    /// <summary>Where text for people goes: the output, unless JSON has it to itself.</summary>
    public TextWriter Text => JsonTarget == "-" ? error : output;

    /// <summary>True when a person watches: colours, frames and moving bars are welcome.</summary>
    public bool IsTerminal =>
        (ReferenceEquals(Text, System.Console.Out) && !System.Console.IsOutputRedirected)
        || (ReferenceEquals(Text, System.Console.Error) && !System.Console.IsErrorRedirected);

    /// <summary>Draws tables and bars on <see cref="Text"/>.</summary>
    public IAnsiConsole Console => _console ??= CreateConsole();

    /// <summary>Writes one line for people.</summary>
    /// <param name="line">The line.</param>
    public void Line(FormattableString line) => Text.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Starts a table: framed on a terminal, bare columns elsewhere.</summary>
    /// <param name="columns">The headings; those that start with <c>&gt;</c> hold numbers and are aligned to the right.</param>
    public Table Table(params ReadOnlySpan<string> columns)
    {
        Table table = new() { Border = IsTerminal ? TableBorder.Rounded : TableBorder.None };
        foreach (string column in columns)
            table.AddColumn(new TableColumn(Markup.Escape(column.TrimStart('>'))) { NoWrap = !IsTerminal, Alignment = column.StartsWith('>') ? Justify.Right : Justify.Left });
        return table;
    }

    /// <summary>Writes the result for machines to where <c>--json</c> says.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="result">The result.</param>
    /// <param name="type">Its JSON form.</param>
    public void WriteJson<T>(T result, JsonTypeInfo<T> type)
    {
        if (JsonTarget is null)
            return;
        string json = JsonSerializer.Serialize(result, type);
        if (JsonTarget == "-")
            output.WriteLine(json);
        else if (OutputFile.IsDevice(JsonTarget))
            File.WriteAllText(JsonTarget, json + "\n");
        else
            WholeFile.Write(JsonTarget, place => File.WriteAllText(place, json + "\n"));
    }

    private IAnsiConsole CreateConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(Text),
        });
        if (!IsTerminal)
            console.Profile.Width = PlainWidth;
        return console;
    }
}
