using System.Globalization;

namespace GraphEngine.Data.Importers.Triples;

/// <summary>
/// Imports a knowledge graph for link prediction: train.txt and, where present, valid.txt and test.txt, in a folder or archive. Either lines of
/// head, relation and tail separated by tabs (FB15k-237, CoDEx), or a first line with the number of lines that follow, each head, tail and
/// relation as numbers, named by entity2id.txt and relation2id.txt (WN18). The graph holds the triples of all parts, in that order.
/// </summary>
public static class TriplesImporter
{
    /// <summary>The name of the only node type.</summary>
    public const string NodeType = "entity";

    private static readonly string[] Parts = ["train.txt", "valid.txt", "test.txt"];

    /// <summary>Imports a folder or archive.</summary>
    /// <param name="source">The folder or archive.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DatasetException">A file is missing or damaged; the message names file and line.</exception>
    public static ImportResult Read(string source, CancellationToken cancellation = default)
    {
        SourceFiles files = SourceFiles.Open(source, cancellation);
        TripleGraphBuilder builder = new();
        bool numbered = files.Has("entity2id.txt");
        if (numbered)
        {
            using TextLines entities = files.Lines("entity2id.txt"), relations = files.Lines("relation2id.txt");
            ReadNames(entities, builder.Entities);
            ReadNames(relations, builder.Relations);
        }
        foreach (string part in Parts)
        {
            if (part != Parts[0] && !files.Has(part))
                continue;
            using TextLines lines = files.Lines(part);
            if (numbered)
                ReadNumbers(lines, builder);
            else
                ReadTexts(lines, builder);
        }
        if (builder.Entities.Count == 0)
            throw new DatasetException($"{source} holds no triple; give files with at least one.");
        return new ImportResult(builder.Build(files.DataName, string.Join(", ", Parts.Where(files.Has)), NodeType, []));
    }

    private static void ReadTexts(TextLines lines, TripleGraphBuilder builder)
    {
        foreach (string line in lines)
        {
            if (line.Length == 0)
                continue;
            string[] fields = line.Split('\t');
            if (fields.Length != 3 || fields.Contains(""))
                throw lines.Bad($"there are {fields.Count(field => field.Length > 0)} columns instead of head, relation and tail; separate them by tabs");
            builder.Add(builder.Entities.Add(fields[0]), builder.Relations.Add(fields[1]), builder.Entities.Add(fields[2]));
        }
    }

    private static void ReadNames(TextLines lines, NameTable names)
    {
        foreach ((string[] fields, int declared) in Counted(lines))
        {
            if (fields.Length != 2)
                throw lines.Bad($"there are {fields.Length} columns instead of a name and its number");
            if (names.Find(fields[0]) >= 0)
                throw lines.Bad($"the name '{fields[0]}' already has a number; keep one line per name");
            if (Number(lines, fields[1], declared) != names.Add(fields[0]))
                throw lines.Bad($"the number is {fields[1]}, but the names must be numbered 0, 1, 2 and so on; sort the lines");
        }
    }

    private static void ReadNumbers(TextLines lines, TripleGraphBuilder builder)
    {
        foreach ((string[] fields, _) in Counted(lines))
        {
            if (fields.Length != 3)
                throw lines.Bad($"there are {fields.Length} columns instead of head, tail and relation; separate them by blanks");
            int head = Number(lines, fields[0], builder.Entities.Count), tail = Number(lines, fields[1], builder.Entities.Count);
            builder.Add(head, Number(lines, fields[2], builder.Relations.Count), tail);
        }
    }

    /// <summary>
    /// The fields of every line after the first, which says how many follow; the number is checked when the last one has been read.
    /// </summary>
    private static IEnumerable<(string[] Fields, int Declared)> Counted(TextLines lines)
    {
        int declared = 0;
        foreach (string line in lines)
        {
            if (lines.Number == 1)
                declared = Count(lines, line);
            else
                yield return (line.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries), declared);
        }
        CheckCount(lines, declared);
    }

    private static int Count(TextLines lines, string line) =>
        int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : throw lines.Bad("the first line must be the number of lines that follow");

    private static void CheckCount(TextLines lines, int declared)
    {
        if (Math.Max(0, lines.Number - 1) != declared)
            throw new DatasetException($"{lines.File} announces {declared} lines but has {Math.Max(0, lines.Number - 1)}; it is truncated or its first line is wrong.");
    }

    private static int Number(TextLines lines, string field, int count) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < count
            ? number
            : throw lines.Bad($"'{field}' is not a number below {count}");
}
