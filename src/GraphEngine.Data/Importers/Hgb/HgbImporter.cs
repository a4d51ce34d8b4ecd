using System.Globalization;
using GraphEngine.Graphs;

namespace GraphEngine.Data.Importers.Hgb;

/// <summary>
/// Imports a node-classification set of the Heterogeneous Graph Benchmark (Lv et al. 2021): node.dat, link.dat, label.dat, label.dat.test and
/// perhaps info.dat, in a folder or archive. Reverse relations are in the files already.
/// </summary>
public static class HgbImporter
{
    /// <summary>The seed of the validation split that <see cref="Read(string, CancellationToken)"/> makes.</summary>
    public const ulong DefaultSeed = 1;

    /// <summary>Imports a folder or archive with the default validation split.</summary>
    /// <param name="source">The folder or archive.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DatasetException">A file is missing or damaged; the message names file and line.</exception>
    public static ImportResult Read(string source, CancellationToken cancellation = default) => Read(source, DefaultSeed, cancellation);

    /// <summary>Imports a folder or archive.</summary>
    /// <param name="source">The folder or archive.</param>
    /// <param name="seed">Chooses which fifth of label.dat is held out for validation, the same share of every class.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DatasetException">A file is missing or damaged; the message names file and line.</exception>
    public static ImportResult Read(string source, ulong seed, CancellationToken cancellation = default)
    {
        SourceFiles files = SourceFiles.Open(source, cancellation);
        HgbInfo info = HgbInfo.Read(files);
        using TextLines nodeLines = files.Lines("node.dat"), linkLines = files.Lines("link.dat");
        HgbNodes nodes = HgbNodes.Read(nodeLines);
        SortedDictionary<int, Links> links = ReadLinks(linkLines, nodes);

        int[] types = [.. Enumerable.Range(0, nodes.Types)];
        IReadOnlyDictionary<int, string> nodeNames = info.NodeTypes(types), edgeNames = info.EdgeTypes(links.Keys);
        GraphSchema schema = new(
            [.. types.Select(type => new NodeType(nodeNames[type], nodes.WidthOf(type)))], [.. links.Select(l => new EdgeType(edgeNames[l.Key], nodeNames[l.Value.SourceType], nodeNames[l.Value.TargetType]))]);
        EdgeList[] edges = [.. links.Values.Select(list => new EdgeList([.. list.Sources], [.. list.Targets]))];
        GraphData data = new(
            files.DataName,
            "not stated in the files",
            "node.dat, link.dat, label.dat and label.dat.test of the Heterogeneous Graph Benchmark",
            new HeteroGraph(schema, [.. types.Select(nodes.CountOf)], edges),
            [.. types.Select(nodes.FeaturesOf)],
            [.. types.Select(nodes.IdsOf)],
            HgbLabels.Tasks(files, nodes, info, nodeNames, seed));
        return new ImportResult(data);
    }

    private static SortedDictionary<int, Links> ReadLinks(TextLines lines, HgbNodes nodes)
    {
        SortedDictionary<int, Links> links = [];
        foreach (string line in lines)
        {
            if (line.Length == 0)
                continue;
            string[] fields = line.Split('\t');
            if (fields.Length is not (3 or 4))
                throw lines.Bad($"there are {fields.Length} columns instead of source, target, type and perhaps weight; separate them by tabs");
            (int sourceType, int source) = nodes.Find(lines, fields[0]);
            (int targetType, int target) = nodes.Find(lines, fields[1]);
            if (!int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out int type))
                throw lines.Bad($"the edge type '{fields[2]}' is not a number");
            if (!links.TryGetValue(type, out Links? list))
                links.Add(type, list = new Links(sourceType, targetType, [], []));
            if (list.SourceType != sourceType || list.TargetType != targetType)
                throw lines.Bad($"the edge type {type} joins the node types {sourceType} and {targetType} here, but {list.SourceType} and {list.TargetType} before; give it its own type");
            list.Sources.Add(source);
            list.Targets.Add(target);
        }
        return links;
    }

    private sealed record Links(int SourceType, int TargetType, List<int> Sources, List<int> Targets);
}
