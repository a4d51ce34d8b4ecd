using GraphEngine.Spaces;

namespace GraphEngine.Graphs;

/// <summary>
/// The rules of a data set, whether it was read from a folder or made in memory. What breaks one would be read as something else further on: a matrix
/// of another width as the features of other nodes, say. All of it may be used by several threads at once.
/// </summary>
public static class GraphDataCheck
{
    /// <summary>Checks features, numbers of ids, and tasks against the graph.</summary>
    /// <param name="data">The data set.</param>
    /// <exception cref="ArgumentException">A rule is broken; the message names type or task, node and element, and the cure.</exception>
    public static void Check(this GraphData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        string subject = $"The data set '{data.Name}'";
        if (data.Name is null || data.Licence is null || data.Source is null || data.Graph is null || data.Features is null || data.Ids is null || data.Tasks is null)
            throw new ArgumentException($"{subject} lacks a part: its name, licence, source, graph, features, ids or tasks are null; use empty texts, and lists with an entry per node type.");
        GraphSchema schema = data.Graph.Schema;
        int types = schema.NodeTypes.Count;
        if (data.Features.Count != types)
            throw new ArgumentException($"{subject} has {data.Features.Count} feature matrices, but {types} node types; give an entry per node type, null where one has no features.");
        if (data.Ids.Count != types)
            throw new ArgumentException($"{subject} has {data.Ids.Count} lists of ids, but {types} node types; give an entry per node type, null where one has no ids.");
        for (int t = 0; t < types; t++)
        {
            NodeType type = schema.NodeTypes[t];
            int nodes = data.Graph.NodeCountOf(t);
            CheckNodeType(subject, type);
            CheckFeatures($"{subject}, node type '{type.Name}'", type, nodes, data.Features[t]);
            if (data.Ids[t] is { } ids && ids.Length != nodes)
                throw new ArgumentException($"{subject}, node type '{type.Name}': there are {data.Ids[t]?.Length} ids, but {nodes} nodes; give one per node.");
        }
        CheckTasks(subject, data.Tasks, schema.NodeTypes);
        foreach (NodeTask task in data.Tasks)
            CheckLabels(subject, data.Graph, task);
    }

    /// <summary>Checks a task against a graph.</summary>
    /// <param name="subject">What the task belongs to, to begin a sentence with.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="task">The task.</param>
    /// <exception cref="ArgumentException">A rule is broken; the message names it and the cure.</exception>
    public static void CheckTask(string subject, HeteroGraph graph, NodeTask task)
    {
        ArgumentNullException.ThrowIfNull(graph);
        CheckTasks(subject, [task], graph.Schema.NodeTypes);
        CheckLabels(subject, graph, task);
    }

    /// <summary>Checks what a node type declares.</summary>
    /// <param name="subject">What declares it, to begin a sentence with.</param>
    /// <param name="type">The node type.</param>
    /// <exception cref="ArgumentException">The width is negative.</exception>
    public static void CheckNodeType(string subject, NodeType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (type.Features < 0)
            throw new ArgumentException($"{subject} gives the node type '{type.Name}' {type.Features} features; use 0 for none.");
    }

    /// <summary>Checks what tasks declare: names, node types and classes. Labels and parts are looked at by others.</summary>
    /// <param name="subject">What declares them, to begin a sentence with.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="nodeTypes">The node types there are.</param>
    /// <exception cref="ArgumentException">A name is there twice or is more than one line, there is no such node type, or there are no
    /// classes.</exception>
    public static void CheckTasks(string subject, IReadOnlyList<NodeTask> tasks, IReadOnlyList<NodeType> nodeTypes)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (NodeTask? task in tasks)
        {
            if (task?.Name is null || task.NodeType is null || task.Classes is null)
                throw new ArgumentException($"{subject} has a task without a name, a node type or classes; give it all three.");
            if (!task.Name.All(PlainNames.StaysInLine))
                throw new ArgumentException($"{subject} declares the task '{task.Name}', whose name has a control character or one that ends a line; use letters, digits, '-' and '_'.");
            if (!names.Add(task.Name))
                throw new ArgumentException($"{subject} declares the task '{task.Name}' twice; give each task its own name.");
            if (!nodeTypes.Any(t => t.Name == task.NodeType))
                throw new ArgumentException($"{subject} puts the task '{task.Name}' on the node type '{task.NodeType}', which it does not declare; declare it or correct the name.");
            if (task.Classes.Count == 0)
                throw new ArgumentException($"{subject} gives the task '{task.Name}' no classes; name at least one.");
            HashSet<string> classes = new(StringComparer.Ordinal);
            foreach (string? name in task.Classes)
            {
                if (name is null || !name.All(PlainNames.StaysInLine))
                    throw new ArgumentException($"{subject} names the class '{name}' of the task '{task.Name}', which has a control character or one that ends a line; use another name.");
                if (!classes.Add(name))
                    throw new ArgumentException($"{subject} names the class '{name}' of the task '{task.Name}' twice; give each class its own name.");
            }
        }
    }

    /// <summary>Checks that all features are finite numbers.</summary>
    /// <param name="features">The features.</param>
    /// <param name="place">Names the features of a node, to begin a sentence with.</param>
    /// <exception cref="ArgumentException">One is infinite or no number.</exception>
    public static void CheckFinite(FeatureMatrix features, Func<int, string> place)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(place);
        for (int i = 0; i < features.Values.Length; i++)
            if (!float.IsFinite(features.Values[i]))
                throw new ArgumentException($"{place(i / features.Width)}: element {i % features.Width} is {features.Values[i]}; features must be finite numbers.");
    }

    /// <summary>Checks that labels are classes, and that a node of a part has one unless it may have several.</summary>
    /// <param name="task">The task, with as many labels as parts.</param>
    /// <param name="label">Names the label of a node, to begin a sentence with.</param>
    /// <param name="part">Names the part of a node, to begin a sentence with.</param>
    /// <exception cref="ArgumentException">A rule is broken; the message names the node and the cure.</exception>
    public static void CheckLabels(NodeTask task, Func<int, string> label, Func<int, string> part)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(label);
        ArgumentNullException.ThrowIfNull(part);
        for (int i = 0; i < task.Labels.Length; i++)
        {
            int[] labels = task.Labels[i];
            if (labels is null)
                throw new ArgumentException($"{label(i)}: there is no list of classes; give an empty one for no label.");
            for (int k = 0; k < labels.Length; k++)
            {
                if ((uint)labels[k] >= (uint)task.Classes.Count)
                    throw new ArgumentException($"{label(i)}: there is no class {labels[k]}; the task '{task.Name}' has the classes 0 to {task.Classes.Count - 1}.");
                if (labels.AsSpan(0, k).Contains(labels[k]))
                    throw new ArgumentException($"{label(i)}: the class {labels[k]} is listed twice; list it once.");
            }
            if (!task.MultiLabel && labels.Length > 1)
                throw new ArgumentException($"{label(i)}: there are {labels.Length} classes, but the task is not multi-label; declare it so or keep one class.");
            Split split = task.Splits[i];
            if (!Enum.IsDefined(split))
                throw new ArgumentException($"{part(i)}: there is no part {split}; use train, valid, test or none.");
            if (!task.MultiLabel && labels.Length == 0 && split != Split.None)
                throw new ArgumentException($"{part(i)}: the node is in '{split.ToString().ToLowerInvariant()}' but has no label; give it one or use 'none'.");
        }
    }

    private static void CheckFeatures(string where, NodeType type, int nodes, FeatureMatrix? features)
    {
        if (features is null)
        {
            if (type.Features > 0)
                throw new ArgumentException($"{where}: there are no features, but {type.Features} are declared; give a matrix, or declare 0.");
            return;
        }
        if (type.Features == 0)
            throw new ArgumentException($"{where}: there are features, but none are declared; declare their width, or leave them out.");
        if (features.Values is null)
            throw new ArgumentException($"{where}: the matrix of features has no values; give {nodes} rows of {type.Features}.");
        if (features.Width != type.Features)
            throw new ArgumentException($"{where}: the features are {features.Width} wide, but {type.Features} are declared; they must agree.");
        if (features.Values.Length % features.Width != 0)
            throw new ArgumentException($"{where}: there are {features.Values.Length} elements of features, not a multiple of the width {features.Width}; give every node a whole row.");
        if (features.Rows != nodes)
            throw new ArgumentException($"{where}: there are {features.Rows} rows of features, but {nodes} nodes; give one per node.");
        CheckFinite(features, v => $"{where}, features of node {v}");
    }

    private static void CheckLabels(string subject, HeteroGraph graph, NodeTask task)
    {
        int nodes = graph.NodeCountOf(graph.Schema.NodeTypeIndex(task.NodeType));
        string where = $"{subject}, task '{task.Name}'";
        if (task.Labels is null || task.Splits is null)
            throw new ArgumentException($"{where}: labels or parts are null; give one of each per node of the type '{task.NodeType}', an empty list and none where there is no label.");
        if (task.Labels.Length != nodes || task.Splits.Length != nodes)
            throw new ArgumentException($"{where}: there are labels of {task.Labels.Length} nodes and parts of {task.Splits.Length}, but {nodes} nodes of the type '{task.NodeType}'; give one of each per node.");
        CheckLabels(task, v => $"{where}, label of node {v}", v => $"{where}, part of node {v}");
    }
}
