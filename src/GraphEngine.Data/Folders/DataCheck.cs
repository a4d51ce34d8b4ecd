using GraphEngine.Graphs;

namespace GraphEngine.Data.Folders;

/// <summary>Checks a data set in memory by the rules that hold for one on disk, so that what is written can be read.</summary>
internal static class DataCheck
{
    /// <summary>Checks everything.</summary>
    /// <exception cref="DatasetException">The data contradict themselves.</exception>
    public static void Check(GraphData data)
    {
        string name = $"the data set '{data.Name}'";
        ManifestCheck.Check(name, DatasetManifest.Of(data));
        GraphSchema schema = data.Graph.Schema;
        Count(name, "feature matrices", data.Features.Count, "node types", schema.NodeTypes.Count);
        Count(name, "lists of ids", data.Ids.Count, "node types", schema.NodeTypes.Count);
        for (int t = 0; t < schema.NodeTypes.Count; t++)
        {
            NodeType type = schema.NodeTypes[t];
            string where = $"{name}, node type '{type.Name}'";
            Count(where, "columns of features", data.Features[t]?.Width ?? 0, "declared", type.Features);
            if (data.Features[t] is { } features)
            {
                Count(where, "elements of features", features.Values.Length, "nodes x features", data.Graph.NodeCountOf(t) * type.Features);
                TableCheck.Features(where, features);
            }
            if (data.Ids[t] is { } ids)
            {
                Count(where, "ids", ids.Length, "nodes", data.Graph.NodeCountOf(t));
                TableCheck.Ids(where, ids);
            }
        }
        foreach (NodeTask task in data.Tasks)
        {
            string where = $"{name}, task '{task.Name}'";
            int nodes = data.Graph.NodeCountOf(schema.NodeTypeIndex(task.NodeType));
            Count(where, "labels", task.Labels.Length, "nodes", nodes);
            Count(where, "splits", task.Splits.Length, "nodes", nodes);
            TableCheck.Task(where, task);
        }
    }

    private static void Count(string where, string what, int found, string of, int expected)
    {
        if (found != expected)
            throw new DatasetException($"{where}: there are {found} {what}, but {expected} {of}; they must agree.");
    }
}
