using GraphEngine.Graphs;

namespace GraphEngine.Data.Folders;

/// <summary>Checks a data set in memory by the rules that hold for one on disk, so that what is written can be read.</summary>
internal static class DataCheck
{
    /// <summary>Checks everything.</summary>
    /// <exception cref="DatasetException">The data contradict themselves, or a name cannot be that of a file.</exception>
    public static void Check(GraphData data)
    {
        Obey(() => data.Check());
        string subject = $"The data set '{data.Name}'";
        ManifestCheck.Check(subject, DatasetManifest.Of(data));
        for (int t = 0; t < data.Ids.Count; t++)
        {
            if (data.Ids[t] is { } ids)
                TableCheck.Ids($"{subject}, node type '{data.Graph.Schema.NodeTypes[t].Name}'", ids);
        }
    }

    /// <summary>Applies rules that hold for data in memory too: what they refuse is refused here as all that is wrong with a data set is.</summary>
    /// <exception cref="DatasetException">One is broken.</exception>
    public static void Obey(Action rules)
    {
        try
        {
            rules();
        }
        catch (ArgumentException e) when (e is not ArgumentNullException)
        {
            throw new DatasetException(e.Message, e);
        }
    }
}
