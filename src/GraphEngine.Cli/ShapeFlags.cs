using System.CommandLine;
using System.Globalization;
using GraphEngine.Data;
using GraphEngine.Graphs;

namespace GraphEngine.Cli;

/// <summary>The flags of a generated graph.</summary>
internal sealed class ShapeFlags
{
    private readonly Option<string?> _shape = Flags.OneOf("--shape", "A generated graph with the counts and skew of a published benchmark.", ShapeGenerator.Names);
    private readonly Option<double?> _scale = Flags.Number("--scale", "Multiplies the numbers of nodes and edges.", x => x is > 0 and <= 50, "above 0 and at most 50");
    private readonly Option<int?> _seed = Flags.Whole("--seed", "Decides every random choice of the generated graph; 1 when left out.", 0);

    /// <summary>Makes the flags.</summary>
    /// <param name="isRequired">True when the shape must be given.</param>
    public ShapeFlags(bool isRequired) => _shape.Required = isRequired;

    /// <summary>Adds the flags to a verb.</summary>
    /// <param name="command">The verb.</param>
    public void AddTo(Command command)
    {
        command.Add(_shape);
        command.Add(_scale);
        command.Add(_seed);
    }

    /// <summary>The name of the generated graph, <c>SHAPE</c> or <c>SHAPE-SCALE</c>; null when the shape was left out.</summary>
    /// <param name="parsed">The command line.</param>
    public string? Name(ParseResult parsed) =>
        parsed.GetValue(_scale) is double scale and not 1 ? string.Create(CultureInfo.InvariantCulture, $"{parsed.GetValue(_shape)}-{scale}") : parsed.GetValue(_shape);

    /// <summary>Generates the graph.</summary>
    /// <param name="parsed">A command line that names a shape.</param>
    /// <param name="cancel">Stops.</param>
    public GraphData Generate(ParseResult parsed, CancellationToken cancel) =>
        ShapeGenerator.Generate(parsed.GetValue(_shape)!, parsed.GetValue(_scale) ?? 1, (ulong)(parsed.GetValue(_seed) ?? 1), cancel);

    /// <summary>The graph that a command line names by <c>--shape</c> or <c>--dataset</c>.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="dataset">The value of <c>--dataset</c>.</param>
    /// <param name="cancel">Stops.</param>
    /// <exception cref="UsageException">Both or neither are given.</exception>
    public GraphData Load(ParseResult parsed, string? dataset, CancellationToken cancel) => (dataset, parsed.GetValue(_shape)) switch
    {
        (not null, null) when parsed.GetValue(_scale) is not null => throw new UsageException("--scale: a data set has the size it has; leave the flag out, or name a --shape."),
        (not null, null) when parsed.GetValue(_seed) is not null => throw new UsageException("--seed: a data set is not drawn; leave the flag out, or name a --shape."),
        (string name, null) => new DatasetCatalogue().Load(name, cancel),
        (null, not null) => Generate(parsed, cancel),
        (null, null) => throw new UsageException("There is no graph to work on; name one with --dataset or --shape."),
        _ => throw new UsageException("--dataset and --shape name two graphs; leave one of them out."),
    };
}
