using System.Text.Json;
using GraphEngine.Data.Folders;
using GraphEngine.Graphs;
using GraphEngine.Tensors;

namespace GraphEngine.Data;

/// <summary>
/// Writes a data set as one safetensors file, so that another system can run the same work: src, dst and etype [edges] and ntype [nodes] as int64,
/// where nodes are numbered globally in the order of their types and edges lie by type; etype_src_ntype and etype_dst_ntype [edge types]; x.TYPE
/// [nodes of the type, width] as float32; and for the default task y and split [nodes], for any other y.TASK and split.TASK. A y is int64 with -1 for
/// no label, or uint8 [nodes, classes] when nodes may have several; a split is uint8: 0 none, 1 train, 2 valid, 3 test. Several threads may write,
/// each a file of its own.
/// </summary>
public static class DatasetExport
{
    /// <summary>Writes the file; the metadata name the types, tasks and classes as JSON.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="file">The file; replaced if it exists.</param>
    /// <exception cref="DatasetException">The data contradict themselves, or a tensor would be larger than 2 GB.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void ToSafetensors(GraphData data, string file)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(file);
        DataCheck.Obey(() => data.Check());
        List<Tensor> tensors = Edges(data.Graph);
        for (int t = 0; t < data.Features.Count; t++)
        {
            if (data.Features[t] is not { } features)
                continue;
            string name = "x." + data.Graph.Schema.NodeTypes[t].Name;
            CheckSize(name, features.Values.Length, sizeof(float));
            tensors.Add(Tensor.Of(name, features.Values, features.Rows, features.Width));
        }
        for (int k = 0; k < data.Tasks.Count; k++)
            AddTask(tensors, data.Graph, data.Tasks[k], k == 0 ? "" : "." + data.Tasks[k].Name);
        Dictionary<string, string> metadata = new()
        {
            ["name"] = data.Name,
            ["licence"] = data.Licence,
            ["source"] = data.Source,
            ["nodeTypes"] = JsonSerializer.Serialize(data.Graph.Schema.NodeTypes.Select(type => type.Name)),
            ["edgeTypes"] = JsonSerializer.Serialize(data.Graph.Schema.EdgeTypes.Select(type => new { name = type.Name, source = type.Source, target = type.Target })),
            ["tasks"] = JsonSerializer.Serialize(data.Tasks.Select(task => new { name = task.Name, nodeType = task.NodeType, classes = task.Classes, multiLabel = task.MultiLabel })),
        };
        SafetensorsFile.Write(file, tensors, metadata);
    }

    private static List<Tensor> Edges(HeteroGraph graph)
    {
        IReadOnlyList<EdgeType> types = graph.Schema.EdgeTypes;
        CheckSize("src", graph.EdgeCount, sizeof(long));
        long[] sources = new long[graph.EdgeCount], targets = new long[graph.EdgeCount], edgeTypes = new long[graph.EdgeCount];
        long[] sourceTypes = [.. types.Select(type => (long)graph.Schema.NodeTypeIndex(type.Source))];
        long[] targetTypes = [.. types.Select(type => (long)graph.Schema.NodeTypeIndex(type.Target))];
        int e = 0;
        for (int r = 0; r < types.Count; r++)
        {
            EdgeList list = graph.EdgesOf(r);
            int firstSource = graph.NodeOffsets[(int)sourceTypes[r]], firstTarget = graph.NodeOffsets[(int)targetTypes[r]];
            for (int i = 0; i < list.Count; i++, e++)
            {
                sources[e] = firstSource + list.Sources[i];
                targets[e] = firstTarget + list.Targets[i];
                edgeTypes[e] = r;
            }
        }
        long[] nodeTypes = new long[graph.NodeCount];
        for (int t = 0; t < graph.Schema.NodeTypes.Count; t++)
            nodeTypes.AsSpan(graph.NodeOffsets[t], graph.NodeCountOf(t)).Fill(t);
        return
        [
            Tensor.Of("src", sources), Tensor.Of("dst", targets), Tensor.Of("etype", edgeTypes), Tensor.Of("ntype", nodeTypes),
            Tensor.Of("etype_src_ntype", sourceTypes), Tensor.Of("etype_dst_ntype", targetTypes),
        ];
    }

    private static void AddTask(List<Tensor> tensors, HeteroGraph graph, NodeTask task, string suffix)
    {
        int first = graph.NodeOffsets[graph.Schema.NodeTypeIndex(task.NodeType)], classes = task.Classes.Count;
        byte[] splits = new byte[graph.NodeCount];
        for (int i = 0; i < task.Splits.Length; i++)
            splits[first + i] = (byte)task.Splits[i];
        tensors.Add(Tensor.Of("split" + suffix, splits));
        if (task.MultiLabel)
        {
            CheckSize("y" + suffix, (long)graph.NodeCount * classes, sizeof(byte));
            byte[] flags = new byte[graph.NodeCount * classes];
            for (int i = 0; i < task.Labels.Length; i++)
            {
                foreach (int label in task.Labels[i])
                    flags[(first + i) * classes + label] = 1;
            }
            tensors.Add(Tensor.Of("y" + suffix, flags, graph.NodeCount, classes));
            return;
        }
        long[] labels = new long[graph.NodeCount];
        Array.Fill(labels, -1);
        for (int i = 0; i < task.Labels.Length; i++)
            labels[first + i] = task.Labels[i].Length == 0 ? -1 : task.Labels[i][0];
        tensors.Add(Tensor.Of("y" + suffix, labels));
    }

    private static void CheckSize(string name, long count, int size)
    {
        if (count * size > Array.MaxLength)
            throw new DatasetException($"The tensor '{name}' would take {count * size} bytes; at most {Array.MaxLength} can be exported, so export a smaller data set.");
    }
}
