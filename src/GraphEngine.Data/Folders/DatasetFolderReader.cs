using GraphEngine.Graphs;

namespace GraphEngine.Data.Folders;

/// <summary>Reads the tables that a manifest declares, several at a time, and checks them against it.</summary>
internal sealed class DatasetFolderReader(string folder, DatasetManifest manifest, CancellationToken cancellation)
{
    /// <summary>The data set.</summary>
    public GraphData Read()
    {
        int nodeTypes = manifest.NodeTypes.Count;
        FeatureMatrix?[] features = new FeatureMatrix?[nodeTypes];
        string[]?[] ids = new string[]?[nodeTypes];
        NodeTask[] tasks = new NodeTask[manifest.Tasks.Count];
        EdgeList[] edges = new EdgeList[manifest.EdgeTypes.Count];
        ParallelWork.Run(nodeTypes + edges.Length, piece =>
        {
            if (piece < nodeTypes)
                ReadNodes(piece, features, ids, tasks);
            else
                edges[piece - nodeTypes] = ReadEdges(piece - nodeTypes);
        }, cancellation);
        GraphSchema schema = new([.. manifest.NodeTypes.Select(entry => entry.Type)], [.. manifest.EdgeTypes.Select(entry => entry.Type)]);
        HeteroGraph graph = new(schema, [.. manifest.NodeTypes.Select(entry => entry.Count)], edges);
        return new GraphData(manifest.Name, manifest.Licence, manifest.Source, graph, features, ids, tasks);
    }

    private void ReadNodes(int t, FeatureMatrix?[] features, string[]?[] ids, NodeTask[] tasks)
    {
        (NodeType type, int count) = manifest.NodeTypes[t];
        string file = Path.Combine(folder, DatasetManifest.TableOf(type));
        List<int> own = [.. Enumerable.Range(0, tasks.Length).Where(k => manifest.Tasks[k].NodeType == type.Name)];
        // Parquet has no tables without columns, so a type that has none has no file either.
        if (type.Features == 0 && own.Count == 0 && !File.Exists(file))
            return;
        ParquetTable table = ParquetTable.Open(file, cancellation);
        table.RequireRows(count);
        RefuseUndeclared(table, type, own);
        if (type.Features > 0)
        {
            features[t] = new FeatureMatrix(type.Features, table.FixedLists<float>("x", "list<float>", type.Features));
            TableCheck.Features(file, features[t]!);
        }
        if (table.Has("id"))
        {
            ids[t] = table.Texts("id");
            TableCheck.Ids(file, ids[t]!);
        }
        foreach (int k in own)
        {
            tasks[k] = ReadTask(table, manifest.Tasks[k]);
            TableCheck.Task(file, tasks[k]);
        }
    }

    private static NodeTask ReadTask(ParquetTable table, TaskDeclaration task)
    {
        int[][] labels = task.MultiLabel ? table.Lists<int>(task.LabelColumn, "list<int32>") : SingleLabels(table, task);
        string[] words = table.Texts(task.SplitColumn, @null: "none");
        Split[] splits = new Split[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            splits[i] = SplitNames.Parse(words[i])
                ?? throw new DatasetException($"{table.File}, row {i}, column '{task.SplitColumn}': '{words[i]}' is not a split; use train, valid, test or none.");
        }
        return new NodeTask(task.Name, task.NodeType, task.Classes, task.MultiLabel, labels, splits);
    }

    /// <summary>Nodes of one class share one array: there are few classes and many nodes.</summary>
    private static int[][] SingleLabels(ParquetTable table, TaskDeclaration task)
    {
        Dictionary<int, int[]> shared = new() { [-1] = [] };
        return Array.ConvertAll(table.Scalars<int>(task.LabelColumn, "int32", @null: -1), label =>
        {
            if (!shared.TryGetValue(label, out int[]? labels))
                shared.Add(label, labels = [label]);
            return labels;
        });
    }

    private void RefuseUndeclared(ParquetTable table, NodeType type, List<int> own)
    {
        foreach (string column in table.Columns)
        {
            if (column == "x" && type.Features == 0)
                throw new DatasetException($"{table.File} has the column 'x', but {DatasetManifest.FileName} declares no features; declare their width or drop the column.");
            bool ofTask = column.StartsWith("y_", StringComparison.Ordinal) || column.StartsWith("split_", StringComparison.Ordinal);
            if (ofTask && !own.Exists(k => manifest.Tasks[k].LabelColumn == column || manifest.Tasks[k].SplitColumn == column))
                throw new DatasetException($"{table.File} has the column '{column}', but {DatasetManifest.FileName} declares no such task on '{type.Name}'; declare it or drop the column.");
        }
    }

    private EdgeList ReadEdges(int r)
    {
        (EdgeType type, int count) = manifest.EdgeTypes[r];
        string file = Path.Combine(folder, DatasetManifest.EdgeTable(r));
        ParquetTable table = ParquetTable.Open(file, cancellation);
        table.RequireRows(count);
        EdgeList list = new(table.Scalars<int>("src", "int32"), table.Scalars<int>("dst", "int32"));
        TableCheck.Ends(file, "src", list.Sources, type.Source, CountOf(type.Source));
        TableCheck.Ends(file, "dst", list.Targets, type.Target, CountOf(type.Target));
        CheckEdgeData(table);
        return list;
    }

    /// <summary>The optional columns are not part of the graph yet, but a wrong one is a mistake all the same.</summary>
    private static void CheckEdgeData(ParquetTable table)
    {
        if (table.Has("time"))
            table.Scalars<long>("time", "int64");
        if (table.Has("e"))
            table.Lists<float>("e", "list<float>");
        if (!table.Has("weight"))
            return;
        float[] weights = table.Scalars<float>("weight", "float");
        int bad = Array.FindIndex(weights, weight => !float.IsFinite(weight));
        if (bad >= 0)
            throw new DatasetException($"{table.File}, row {bad}, column 'weight': the value is {weights[bad]}; weights must be finite numbers.");
    }

    private int CountOf(string nodeType) => manifest.NodeTypes.First(entry => entry.Type.Name == nodeType).Count;
}
