using System.Globalization;
using GraphEngine.Graphs;

namespace GraphEngine.Data.Importers.Hgb;

/// <summary>The nodes of node.dat: id, name, type and, where the type has them, features separated by commas.</summary>
internal sealed class HgbNodes
{
    private readonly Dictionary<int, (int Type, int Row)> _byId = [];
    private readonly List<List<string>> _ids = [];
    private readonly List<List<float>> _features = [];
    private readonly List<int> _widths = [];

    /// <summary>The number of node types.</summary>
    public int Types => _ids.Count;

    /// <summary>Reads the file.</summary>
    /// <exception cref="DatasetException">A line is wrong.</exception>
    public static HgbNodes Read(TextLines lines)
    {
        HgbNodes nodes = new();
        foreach (string line in lines)
        {
            if (line.Length > 0)
                nodes.Add(lines, line);
        }
        if (nodes.Types == 0)
            throw new DatasetException($"{lines.File} holds no node; give a file with at least one.");
        return nodes;
    }

    /// <summary>The number of nodes of a type.</summary>
    public int CountOf(int type) => _ids[type].Count;

    /// <summary>The width of a type's features; 0 when it has none.</summary>
    public int WidthOf(int type) => Math.Max(0, _widths[type]);

    /// <summary>The original ids of a type's nodes.</summary>
    public string[] IdsOf(int type) => [.. _ids[type]];

    /// <summary>The features of a type, or null.</summary>
    public FeatureMatrix? FeaturesOf(int type) => WidthOf(type) == 0 ? null : new FeatureMatrix(WidthOf(type), [.. _features[type]]);

    /// <summary>The type and row of a node that a field names.</summary>
    public (int Type, int Row) Find(TextLines lines, string field)
    {
        if (!int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || !_byId.TryGetValue(id, out (int Type, int Row) node))
            throw lines.Bad($"the node '{field}' is not in node.dat; remove the line or take the file that belongs to it");
        return node;
    }

    private void Add(TextLines lines, string line)
    {
        string[] fields = line.Split('\t');
        if (fields.Length is not (3 or 4))
            throw lines.Bad($"there are {fields.Length} columns instead of id, name, type and perhaps features; separate them by tabs");
        if (!int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            throw lines.Bad($"the id '{fields[0]}' is not a number");
        if (!int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out int type) || type > 1000)
            throw lines.Bad($"the type '{fields[2]}' is not a number up to 1000");
        while (Types <= type)
        {
            _ids.Add([]);
            _features.Add([]);
            _widths.Add(-1);
        }
        if (!_byId.TryAdd(id, (type, _ids[type].Count)))
            throw lines.Bad($"the id {id} occurs twice; give each node its own id");
        _ids[type].Add(fields[0]);
        int width = fields.Length == 4 && fields[3].Length > 0 ? AddFeatures(lines, fields[3], _features[type]) : 0;
        if (_widths[type] >= 0 && _widths[type] != width)
            throw lines.Bad($"there are {width} features, but the nodes of type {type} before have {_widths[type]}; give all nodes of a type the same");
        _widths[type] = width;
    }

    private static int AddFeatures(TextLines lines, string text, List<float> features)
    {
        int width = 0;
        foreach (Range range in text.AsSpan().Split(','))
        {
            ReadOnlySpan<char> field = text.AsSpan(range);
            // Nearly every feature of these sets is a single digit.
            if (field.Length == 1 && char.IsAsciiDigit(field[0]))
                features.Add(field[0] - '0');
            else if (float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value))
                features.Add(value);
            else
                throw lines.Bad($"the feature '{field}' is not a finite number");
            width++;
        }
        return width;
    }
}
