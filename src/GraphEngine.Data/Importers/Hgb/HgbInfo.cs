using System.Text.Json;

namespace GraphEngine.Data.Importers.Hgb;

/// <summary>The names that info.dat gives to types and classes. Some sets have none, or only a part: numbers stand in.</summary>
internal sealed class HgbInfo
{
    private readonly JsonElement _root;

    private HgbInfo(JsonElement root)
    {
        _root = root;
    }

    /// <summary>Reads info.dat where there is one.</summary>
    public static HgbInfo Read(SourceFiles files)
    {
        if (!files.Has("info.dat"))
            return new HgbInfo(default);
        using TextLines lines = files.Lines("info.dat");
        try
        {
            using JsonDocument document = JsonDocument.Parse(string.Join('\n', lines));
            return new HgbInfo(document.RootElement.Clone());
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{lines.File} is not JSON: line {error.LineNumber + 1} cannot be read; repair or remove it.", error);
        }
    }

    /// <summary>The name of a node type, fit for a file name. Of two types with one name the second one's has its number too.</summary>
    public string NodeType(int type)
    {
        string Plain(int t) => Name("type" + t, "node.dat", "node type", $"{t}");
        string name = Plain(type);
        return Enumerable.Range(0, type).Any(t => Plain(t) == name) ? $"{name}-{type}" : name;
    }

    /// <summary>The name of an edge type.</summary>
    public string EdgeType(int type) => Name("relation" + type, "link.dat", "link type", $"{type}", "meaning");

    /// <summary>The name of a class of a node type.</summary>
    public string Class(int nodeType, int label) => Text("label.dat", "node type", $"{nodeType}", $"{label}") ?? $"{label}";

    private string Name(string otherwise, params ReadOnlySpan<string> path)
    {
        string name = Text(path) is { } text && text.Any(char.IsAsciiLetterOrDigit) ? text : otherwise;
        return string.Create(name.Length, name, (safe, text) =>
        {
            for (int i = 0; i < text.Length; i++)
                safe[i] = char.IsAsciiLetterOrDigit(text[i]) || text[i] == '_' ? text[i] : '-';
        });
    }

    private string? Text(params ReadOnlySpan<string> path)
    {
        JsonElement at = _root;
        foreach (string key in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(key, out at))
                return null;
        }
        return at.ValueKind == JsonValueKind.String && at.GetString() is { Length: > 0 } text ? text : null;
    }
}
