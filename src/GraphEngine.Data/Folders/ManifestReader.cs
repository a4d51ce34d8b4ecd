using System.Text.Json;
using System.Text.Unicode;
using GraphEngine.Graphs;
using GraphEngine.Tensors;

namespace GraphEngine.Data.Folders;

/// <summary>Reads graph.json and checks everything that can be checked without the tables.</summary>
internal sealed class ManifestReader
{
    private readonly string _file;

    private ManifestReader(string file)
    {
        _file = file;
    }

    /// <summary>Reads and checks the manifest of a dataset folder.</summary>
    public static DatasetManifest Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DatasetException($"There is no folder {folder}; give the path of a dataset folder.");
        string file = Path.Combine(folder, DatasetManifest.FileName);
        if (!File.Exists(file))
            throw new DatasetException($"{folder} is not a dataset folder: it has no {DatasetManifest.FileName}; give the path of one, or import the data first.");
        ReadOnlyMemory<byte> text = InputFile.ReadUtf8(file);
        if (!Utf8.IsValid(text.Span))
            throw new DatasetException($"{file} is not UTF-8 text; save it in that encoding.");
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return new ManifestReader(file).Manifest(document.RootElement);
        }
        catch (JsonException error) when (error.LineNumber is not null)
        {
            throw new DatasetException($"{file} is not JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1} cannot be read; repair it there.", error);
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{file} has a key twice; keep one of them.", error);
        }
    }

    private DatasetManifest Manifest(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw Bad("must hold one JSON object");
        int format = Int(root, "format", "the data set");
        if (format != DatasetManifest.Format)
            throw new DatasetException($"{_file} says format {format}, but this version reads format {DatasetManifest.Format}; import the data set again.");
        List<(NodeType Type, int Count)> nodeTypes = [];
        foreach (JsonElement item in Array(root, "nodeTypes", "the data set"))
        {
            string name = Text(item, "name", $"node type {nodeTypes.Count}");
            string where = $"the node type '{name}'";
            nodeTypes.Add((new NodeType(name, Int(item, "features", where)), Int(item, "count", where)));
        }
        List<(EdgeType Type, int Count)> edgeTypes = [];
        foreach (JsonElement item in Array(root, "edgeTypes", "the data set"))
        {
            string name = Text(item, "name", $"edge type {edgeTypes.Count}");
            string where = $"the edge type '{name}'";
            edgeTypes.Add((new EdgeType(name, Text(item, "source", where), Text(item, "target", where)), Int(item, "count", where)));
        }
        DatasetManifest manifest = new(
            Text(root, "name", "the data set"), Text(root, "licence", "the data set"), Text(root, "source", "the data set"), nodeTypes, edgeTypes, Tasks(root));
        ManifestCheck.Check(_file, manifest);
        return manifest;
    }

    private List<TaskDeclaration> Tasks(JsonElement root)
    {
        List<TaskDeclaration> tasks = [];
        foreach (JsonElement item in Array(root, "tasks", "the data set"))
        {
            string name = Text(item, "name", $"task {tasks.Count}");
            string where = $"the task '{name}'";
            string kind = Text(item, "kind", where);
            if (kind != TaskDeclaration.NodeClassification)
                throw Bad($"gives the task '{name}' the kind '{kind}'; the only kind is '{TaskDeclaration.NodeClassification}'");
            List<string> classes = [];
            foreach (JsonElement label in Array(item, "classes", where))
                classes.Add(label.ValueKind == JsonValueKind.String ? label.GetString()! : throw Bad($"has a class of {where} that is not a string"));
            JsonElement multi = Member(item, "multiLabel", where);
            if (multi.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                throw Bad($"has a 'multiLabel' of {where} that is neither true nor false");
            tasks.Add(new TaskDeclaration(name, Text(item, "nodeType", where), classes, multi.GetBoolean()));
        }
        return tasks;
    }

    private JsonElement.ArrayEnumerator Array(JsonElement parent, string key, string where)
    {
        JsonElement value = Member(parent, key, where);
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Bad($"has a '{key}' of {where} that is not a list");
    }

    private string Text(JsonElement parent, string key, string where)
    {
        JsonElement value = Member(parent, key, where);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Bad($"has a '{key}' of {where} that is not a string");
    }

    private int Int(JsonElement parent, string key, string where)
    {
        JsonElement value = Member(parent, key, where);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw Bad($"has a '{key}' of {where} that is not a whole number below 2^31");
    }

    private JsonElement Member(JsonElement parent, string key, string where)
    {
        if (parent.ValueKind != JsonValueKind.Object)
            throw Bad($"has something else than an object where {where} should be");
        return parent.TryGetProperty(key, out JsonElement value) ? value : throw Bad($"lacks the key '{key}' of {where}");
    }

    private DatasetException Bad(string what) => new($"{_file} {what}.");
}
