using GraphEngine.Graphs;

namespace GraphEngine.Data.Folders;

/// <summary>The rules of the tables that hold whether they were read from files or are about to be written.</summary>
internal static class TableCheck
{
    /// <summary>Features must be finite numbers.</summary>
    public static void Features(string file, FeatureMatrix features)
    {
        for (int i = 0; i < features.Values.Length; i++)
        {
            if (!float.IsFinite(features.Values[i]))
                throw new DatasetException($"{file}, row {i / features.Width}, column 'x': element {i % features.Width} is {features.Values[i]}; features must be finite numbers.");
        }
    }

    /// <summary>Ids must be unique, or a node could not be found by its id.</summary>
    public static void Ids(string file, string[] ids)
    {
        Dictionary<string, int> rows = new(ids.Length, StringComparer.Ordinal);
        for (int i = 0; i < ids.Length; i++)
        {
            if (!rows.TryAdd(ids[i], i))
                throw new DatasetException($"{file}, row {i}, column 'id': '{ids[i]}' is already the id of row {rows[ids[i]]}; give each node its own id.");
        }
    }

    /// <summary>Labels must be known classes, and a node of a split of a single-label task must have one.</summary>
    public static void Task(string file, NodeTask task)
    {
        for (int i = 0; i < task.Labels.Length; i++)
        {
            int[] labels = task.Labels[i];
            for (int k = 0; k < labels.Length; k++)
            {
                if ((uint)labels[k] >= (uint)task.Classes.Count)
                    throw new DatasetException($"{file}, row {i}, column 'y_{task.Name}': there is no class {labels[k]}; the task '{task.Name}' has the classes 0 to {task.Classes.Count - 1}.");
                if (labels.AsSpan(0, k).Contains(labels[k]))
                    throw new DatasetException($"{file}, row {i}, column 'y_{task.Name}': the class {labels[k]} is listed twice; list it once.");
            }
            if (!task.MultiLabel && labels.Length > 1)
                throw new DatasetException($"{file}, row {i}, column 'y_{task.Name}': there are {labels.Length} classes, but the task is not multi-label; declare it so or keep one class.");
            if (!task.MultiLabel && labels.Length == 0 && task.Splits[i] != Split.None)
                throw new DatasetException($"{file}, row {i}, column 'split_{task.Name}': the node is in '{SplitNames.Of(task.Splits[i])}' but has no label; give it one or use 'none'.");
        }
    }

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
