using System.Text.Json;
using GraphEngine.Graphs;

namespace GraphEngine.Data.Folders;

/// <summary>What graph.json says: names and terms, the types with their counts, and the tasks. The tables hold the rest.</summary>
internal sealed record DatasetManifest(
    string Name,
    string Licence,
    string Source,
    IReadOnlyList<(NodeType Type, int Count)> NodeTypes,
    IReadOnlyList<(EdgeType Type, int Count)> EdgeTypes,
    IReadOnlyList<TaskDeclaration> Tasks)
{
    /// <summary>The format number this version writes and reads.</summary>
    public const int Format = 1;

    /// <summary>The file's name within a dataset folder.</summary>
    public const string FileName = "graph.json";

    private const string NodeFolder = "nodes", EdgeFolder = "edges", TableExtension = ".parquet";

    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>The manifest of a data set in memory.</summary>
    public static DatasetManifest Of(GraphData data) => new(
        data.Name,
        data.Licence,
        data.Source,
        [.. data.Graph.Schema.NodeTypes.Select((type, t) => (type, data.Graph.NodeCountOf(t)))],
        [.. data.Graph.Schema.EdgeTypes.Select((type, r) => (type, data.Graph.EdgesOf(r).Count))],
        [.. data.Tasks.Select(task => new TaskDeclaration(task.Name, task.NodeType, task.Classes, task.MultiLabel))]);

    /// <summary>The place of a node type's table within the folder.</summary>
    public static string TableOf(NodeType type) => Path.Combine(NodeFolder, type.Name + TableExtension);

    /// <summary>The place of the table of the edge type with a number within the folder.</summary>
    public static string EdgeTable(int number) => Path.Combine(EdgeFolder, $"{number}{TableExtension}");

    /// <summary>True for a path within the folder that could be that of a table.</summary>
    public static bool IsTable(string path) => Path.GetDirectoryName(path) is NodeFolder or EdgeFolder && path.EndsWith(TableExtension, StringComparison.Ordinal);

    /// <summary>True for a folder that has a place for tables.</summary>
    public static bool HasTables(string folder) => Directory.Exists(Path.Combine(folder, NodeFolder)) || Directory.Exists(Path.Combine(folder, EdgeFolder));

    /// <summary>Writes the manifest as indented JSON.</summary>
    public void Write(string file)
    {
        using FileStream stream = File.Create(file);
        using (Utf8JsonWriter json = new(stream, Indented))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("name", Name);
            json.WriteString("licence", Licence);
            json.WriteString("source", Source);
            WriteNodeTypes(json);
            WriteEdgeTypes(json);
            WriteTasks(json);
            json.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
    }

    private void WriteNodeTypes(Utf8JsonWriter json)
    {
        json.WriteStartArray("nodeTypes");
        foreach ((NodeType type, int count) in NodeTypes)
        {
            json.WriteStartObject();
            json.WriteString("name", type.Name);
            json.WriteNumber("count", count);
            json.WriteNumber("features", type.Features);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteEdgeTypes(Utf8JsonWriter json)
    {
        json.WriteStartArray("edgeTypes");
        foreach ((EdgeType type, int count) in EdgeTypes)
        {
            json.WriteStartObject();
            json.WriteString("name", type.Name);
            json.WriteString("source", type.Source);
            json.WriteString("target", type.Target);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteTasks(Utf8JsonWriter json)
    {
        json.WriteStartArray("tasks");
        foreach (TaskDeclaration task in Tasks)
        {
            json.WriteStartObject();
            json.WriteString("name", task.Name);
            json.WriteString("kind", TaskDeclaration.NodeClassification);
            json.WriteString("nodeType", task.NodeType);
            json.WriteStartArray("classes");
            foreach (string name in task.Classes)
                json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteBoolean("multiLabel", task.MultiLabel);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
