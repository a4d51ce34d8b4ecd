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

    /// <summary>The names of node types, fit for file names.</summary>
    /// <param name="types">Their numbers.</param>
    public IReadOnlyDictionary<int, string> NodeTypes(IEnumerable<int> types) => Unique(types, type => Name("type" + type, "node.dat", "node type", $"{type}"));

    /// <summary>The names of edge types.</summary>
    /// <param name="types">Their numbers.</param>
    public IReadOnlyDictionary<int, string> EdgeTypes(IEnumerable<int> types) => Unique(types, type => Name("relation" + type, "link.dat", "link type", $"{type}", "meaning"));

    /// <summary>The name of a class of a node type.</summary>
    public string Class(int nodeType, int label) => Text("label.dat", "node type", $"{nodeType}", $"{label}") ?? $"{label}";

    /// <summary>Of two types with one name, with capitals or without, the second one's has its number too.</summary>
    private static Dictionary<int, string> Unique(IEnumerable<int> types, Func<int, string> nameOf)
    {
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<int, string> names = [];
        foreach (int type in types)
        {
            string name = nameOf(type);
            while (!taken.Add(name))
                name += $"-{type}";
            names[type] = name;
        }
        return names;
    }

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
