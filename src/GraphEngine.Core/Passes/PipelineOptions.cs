using GraphEngine.Graphs;
using GraphEngine.Ir;

namespace GraphEngine.Passes;

/// <summary>How a program is compiled.</summary>
/// <param name="Workers">Into how many shares sums over all rows are dealt.</param>
/// <param name="Statistics">The relations of the graph it will run on; without them every relation makes its products on target groups.</param>
/// <param name="Disabled">The names of passes that are switched off; see <see cref="Pipeline.Optional"/>.</param>
/// <param name="Dump">Called with the program after each pass.</param>
public sealed record PipelineOptions(int Workers, RelationStatistics? Statistics = null, IReadOnlySet<string>? Disabled = null, Action<string, Program>? Dump = null)
{
    /// <summary>How many rows of a sum over all rows are worth a worker: a partial sum has to be written and read again.</summary>
    public int LeastRows { get; init; } = 1;

    /// <summary>
    /// True for devices whose kernels over rows share the columns of a row between lanes: numbers that are made from columns and summed by type, and
    /// those that a loop makes for longer rows, then have kernels of their own.
    /// </summary>
    public bool SharesColumns { get; init; }

    /// <summary>Called with what passes did.</summary>
    public Action<Remark>? Remark { get; init; }

    /// <summary>True unless the pass is switched off.</summary>
    /// <param name="pass">Its name.</param>
    public bool IsOn(string pass) => Disabled is null || !Disabled.Contains(pass);
}
