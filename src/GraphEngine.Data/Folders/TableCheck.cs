using GraphEngine.Graphs;

namespace GraphEngine.Data.Folders;

/// <summary>The rules of the tables that hold whether they were read from files or are about to be written.</summary>
internal static class TableCheck
{
    /// <summary>Features must be finite numbers.</summary>
    public static void Features(string file, FeatureMatrix features) => DataCheck.Obey(() => GraphDataCheck.CheckFinite(features, row => $"{file}, row {row}, column 'x'"));

    /// <summary>Ids must be unique, or a node could not be found by its id.</summary>
    public static void Ids(string file, string[] ids)
    {
        Dictionary<string, int> rows = new(ids.Length, StringComparer.Ordinal);
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] is null)
                throw new DatasetException($"{file}, row {i}, column 'id': the value is missing; every row needs one.");
            if (!rows.TryAdd(ids[i], i))
                throw new DatasetException($"{file}, row {i}, column 'id': '{ids[i]}' is already the id of row {rows[ids[i]]}; give each node its own id.");
        }
    }

    /// <summary>Labels must be known classes, and a node of a split of a single-label task must have one.</summary>
    public static void Task(string file, NodeTask task) =>
        DataCheck.Obey(() => GraphDataCheck.CheckLabels(task, row => $"{file}, row {row}, column 'y_{task.Name}'", row => $"{file}, row {row}, column 'split_{task.Name}'"));

    /// <summary>Edge ends must be rows of their node tables.</summary>
    public static void Ends(string file, string column, int[] nodes, string nodeType, int count)
    {
        for (int i = 0; i < nodes.Length; i++)
        {
            if ((uint)nodes[i] >= (uint)count)
                throw new DatasetException($"{file}, row {i}, column '{column}': there is no node {nodes[i]}; the node type '{nodeType}' has {count} nodes, numbered from 0.");
        }
    }
}
