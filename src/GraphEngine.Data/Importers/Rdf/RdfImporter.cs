using GraphEngine.Graphs;

namespace GraphEngine.Data.Importers.Rdf;

/// <summary>
/// Imports an RDF entity-classification set such as AIFB or MUTAG: a folder or archive with one N-Triples file (.nt or .nt.gz) and, for a task,
/// trainingSet.tsv and testSet.tsv. All resources and literals are nodes of one type; each predicate is an edge type.
/// </summary>
public static class RdfImporter
{
    /// <summary>The name of the only node type.</summary>
    public const string NodeType = "entity";

    private const string TrainFile = "trainingSet.tsv", TestFile = "testSet.tsv";

    /// <summary>Imports a folder or archive. The training file is all training data: there is no validation split in these sets.</summary>
    /// <param name="source">The folder or archive.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DatasetException">A file is missing or damaged; the message names file and line.</exception>
    public static ImportResult Read(string source, CancellationToken cancellation = default)
    {
        SourceFiles files = SourceFiles.Open(source, cancellation);
        string[] graphs = [.. files.Names.Where(name => name.EndsWith(".nt", StringComparison.Ordinal) || name.EndsWith(".nt.gz", StringComparison.Ordinal))];
        if (graphs.Length != 1)
            throw new DatasetException($"{source} has {graphs.Length} files that end in .nt or .nt.gz; give a folder with exactly one.");
        using TextLines lines = files.Lines(graphs[0]);
        TripleGraphBuilder triples = ReadTriples(lines);
        if (triples.Entities.Count == 0)
            throw new DatasetException($"{lines.File} holds no triple; give a file with at least one.");
        List<NodeTask> tasks = [];
        if (files.Has(TrainFile) || files.Has(TestFile))
            tasks.Add(ReadTask(files, triples));
        return new ImportResult(triples.Build(files.DataName, $"{graphs[0]} and its label tables", NodeType, tasks));
    }

    private static TripleGraphBuilder ReadTriples(TextLines lines)
    {
        TripleGraphBuilder builder = new();
        HashSet<(int, int, int)> seen = [];
        foreach (string line in lines)
        {
            try
            {
                if (NTriplesLine.Parse(line) is not (string subject, string predicate, string target))
                    continue;
                (int, int, int) triple = (builder.Entities.Add(subject), builder.Relations.Add(predicate), builder.Entities.Add(target));
                // RDF graphs are sets: saying a triple twice says nothing new.
                if (seen.Add(triple))
                    builder.Add(triple.Item1, triple.Item2, triple.Item3);
            }
            catch (FormatException error)
            {
                throw lines.Bad($"{error.Message}; correct the line");
            }
        }
        return builder;
    }

    private static NodeTask ReadTask(SourceFiles files, TripleGraphBuilder triples)
    {
        int nodes = triples.Entities.Count;
        string?[] text = new string?[nodes];
        Split[] splits = new Split[nodes];
        string name = "";
        foreach ((string file, Split split) in ((string, Split)[])[(TrainFile, Split.Train), (TestFile, Split.Test)])
        {
            using TextLines lines = files.Lines(file);
            string named = ReadLabels(lines, split, triples.Entities, text, splits);
            if (name.Length > 0 && named != name)
                throw new DatasetException($"{lines.File} names the task '{named}', but {TrainFile} names it '{name}'; give both label columns one name.");
            name = named;
        }
        string[] classes = [.. text.OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        return new NodeTask(name, NodeType, classes, MultiLabel: false, Array.ConvertAll(text, label => label is null ? [] : (int[])[Array.IndexOf(classes, label)]), splits);
    }

    /// <summary>
    /// Reads one label table and returns the task's name, from its header: a column of nodes, one named id, one named label_ and the task.
    /// </summary>
    private static string ReadLabels(TextLines lines, Split split, NameTable entities, string?[] text, Split[] splits)
    {
        string[] header = [];
        int node = -1, label = -1;
        foreach (string line in lines)
        {
            string[] fields = line.Split('\t');
            if (lines.Number == 1)
            {
                header = fields;
                label = Array.FindIndex(fields, field => field.StartsWith("label_", StringComparison.Ordinal) && field.Length > 6);
                node = Array.FindIndex(fields, field => field != "id" && !field.StartsWith("label_", StringComparison.Ordinal));
                if (label < 0 || node < 0)
                    throw lines.Bad("the header must name a column of nodes and a column label_TASK");
                continue;
            }
            if (line.Length == 0)
                continue;
            if (fields.Length != header.Length)
                throw lines.Bad($"there are {fields.Length} columns, but the header has {header.Length}; separate them by tabs");
            int row = entities.Find(fields[node]);
            if (row < 0)
                throw lines.Bad($"the node '{fields[node]}' is not in the graph; remove the line or take the graph that belongs to it");
            if (splits[row] != Split.None)
                throw lines.Bad($"the node '{fields[node]}' already has a label; keep one line per node");
            splits[row] = split;
            text[row] = Plain(fields[label]);
        }
        if (label < 0)
            throw new DatasetException($"{lines.File} is empty; it must start with a header.");
        return header[label]["label_".Length..];
    }

    /// <summary>Some tables went through a tool that writes whole numbers as 1.0.</summary>
    private static string Plain(string label) =>
        label.EndsWith(".0", StringComparison.Ordinal) && label.Length > 2 && label[..^2].All(char.IsAsciiDigit) ? label[..^2] : label;
}
