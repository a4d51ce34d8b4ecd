using GraphEngine.Graphs;

namespace GraphEngine.Data;

/// <summary>What an importer made of its source.</summary>
/// <param name="Data">The data set.</param>
/// <param name="Documents">Files that must go with it, by name: a licence whose notice has to appear on all copies.</param>
public sealed record ImportResult(GraphData Data, IReadOnlyDictionary<string, string> Documents)
{
    /// <summary>A result without documents.</summary>
    /// <param name="data">The data set.</param>
    public ImportResult(GraphData data)
        : this(data, new Dictionary<string, string>())
    {
    }
}
