using System.Globalization;
using GraphEngine.Graphs;

namespace GraphEngine.Data.Importers.Hgb;

/// <summary>The labels of label.dat and label.dat.test: id, name, type and a class, or several separated by commas.</summary>
internal sealed class HgbLabels
{
    private const double ValidationShare = 0.2;

    private readonly HgbNodes _nodes;
    private readonly SortedDictionary<int, (int[][] Labels, Split[] Splits)> _byType = [];

    private HgbLabels(HgbNodes nodes)
    {
        _nodes = nodes;
    }

    /// <summary>One task per labelled node type. A fifth of each class of label.dat becomes validation data, chosen by the seed.</summary>
    public static List<NodeTask> Tasks(SourceFiles files, HgbNodes nodes, HgbInfo info, IReadOnlyDictionary<int, string> nodeNames, ulong seed)
    {
        HgbLabels labels = new(nodes);
        foreach ((string file, Split split) in ((string, Split)[])[("label.dat", Split.Train), ("label.dat.test", Split.Test)])
        {
            using TextLines lines = files.Lines(file);
            foreach (string line in lines)
            {
                if (line.Length > 0)
                    labels.Add(lines, line, split);
            }
        }
        List<NodeTask> tasks = [];
        foreach ((int type, (int[][] classes, Split[] splits)) in labels._byType)
        {
            HoldOut(classes, splits, seed);
            int count = classes.Max(list => list.Length == 0 ? 0 : list.Max() + 1);
            string[] names = [.. Enumerable.Range(0, count).Select(label => info.Class(type, label))];
            tasks.Add(new NodeTask(nodeNames[type] + "-class", nodeNames[type], names, classes.Any(list => list.Length > 1), classes, splits));
        }
        return tasks;
    }

    private void Add(TextLines lines, string line, Split split)
    {
        string[] fields = line.Split('\t');
        if (fields.Length != 4)
            throw lines.Bad($"there are {fields.Length} columns instead of id, name, type and class; separate them by tabs");
        (int type, int row) = _nodes.Find(lines, fields[0]);
        if (fields[2] != type.ToString(CultureInfo.InvariantCulture))
            throw lines.Bad($"the node {fields[0]} has the type '{fields[2]}' here but {type} in node.dat; correct one of them");
        if (!_byType.TryGetValue(type, out (int[][] Labels, Split[] Splits) task))
        {
            task = (new int[_nodes.CountOf(type)][], new Split[_nodes.CountOf(type)]);
            Array.Fill(task.Labels, []);
            _byType.Add(type, task);
        }
        if (task.Splits[row] != Split.None)
            throw lines.Bad($"the node {fields[0]} already has a label; keep one line per node");
        task.Labels[row] = [.. fields[3].Split(',').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int label) && label <= 100_000
            ? label
            : throw lines.Bad($"the class '{text}' is not a number up to 100000")).Distinct()];
        task.Splits[row] = split;
    }

    /// <summary>Moves a share of each set of labels from training to validation, so that both see the classes in the same proportion.</summary>
    private static void HoldOut(int[][] labels, Split[] splits, ulong seed)
    {
        SplitMix64 random = new(seed);
        IEnumerable<IGrouping<string, int>> strata = Enumerable.Range(0, labels.Length).Where(row => splits[row] == Split.Train)
            .GroupBy(row => string.Join(',', labels[row])).OrderBy(stratum => stratum.Key, StringComparer.Ordinal);
        foreach (IGrouping<string, int> stratum in strata)
        {
            int[] rows = [.. stratum];
            random.Shuffle(rows.AsSpan());
            foreach (int row in rows.AsSpan(0, (int)Math.Round(rows.Length * ValidationShare)))
                splits[row] = Split.Valid;
        }
    }
}
