using System.IO.Compression;
using GraphEngine.Graphs;
using Parquet;
using Parquet.Schema;

namespace GraphEngine.Data.Folders;

/// <summary>Writes the manifest and the tables of a data set into an empty folder.</summary>
internal sealed class DatasetFolderWriter(string folder, GraphData data, CancellationToken cancellation)
{
    // Groups of 2 MB decode on all cores within their caches; measured against 8 MB and 0.5 MB. Zstandard reads fastest for its size.
    private const int ElementsPerGroup = 1 << 19;

    private static readonly ParquetOptions Options = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Optimal };

    /// <summary>Writes everything.</summary>
    public void Write()
    {
        Directory.CreateDirectory(Path.Combine(folder, "nodes"));
        Directory.CreateDirectory(Path.Combine(folder, "edges"));
        int nodeTypes = data.Graph.Schema.NodeTypes.Count;
        ParallelWork.Run(nodeTypes + data.Graph.Schema.EdgeTypes.Count, piece =>
        {
            if (piece < nodeTypes)
                WriteNodes(piece);
            else
                WriteEdges(piece - nodeTypes);
        }, cancellation);
        DatasetManifest.Of(data).Write(Path.Combine(folder, DatasetManifest.FileName));
    }

    private void WriteNodes(int t)
    {
        NodeType type = data.Graph.Schema.NodeTypes[t];
        List<Column> columns = [];
        if (data.Ids[t] is { } ids)
            columns.Add(Column.OfTexts("id", ids));
        if (data.Features[t] is { } features)
            columns.Add(Column.OfFixedLists("x", features));
        foreach (NodeTask task in data.Tasks.Where(task => task.NodeType == type.Name))
        {
            columns.Add(task.MultiLabel
                ? Column.OfLists("y_" + task.Name, task.Labels)
                : Column.OfScalars("y_" + task.Name, Array.ConvertAll(task.Labels, labels => labels.Length == 0 ? -1 : labels[0])));
            columns.Add(Column.OfTexts("split_" + task.Name, Array.ConvertAll(task.Splits, SplitNames.Of)));
        }
        if (columns.Count > 0)
            WriteTable(Path.Combine(folder, "nodes", type.Name + ".parquet"), columns, data.Graph.NodeCountOf(t), Math.Max(1, ElementsPerGroup / Math.Max(8, type.Features)));
    }

    private void WriteEdges(int r)
    {
        EdgeList list = data.Graph.EdgesOf(r);
        List<Column> columns = [Column.OfScalars("src", list.Sources), Column.OfScalars("dst", list.Targets)];
        WriteTable(Path.Combine(folder, "edges", $"{r}.parquet"), columns, list.Count, ElementsPerGroup);
    }

    private void WriteTable(string file, List<Column> columns, int rows, int rowsPerGroup)
    {
        // The library has no synchronous calls; on a thread of the pool, waiting for it blocks nobody.
        WriteTableAsync(file, columns, rows, rowsPerGroup).GetAwaiter().GetResult();
    }

    private async Task WriteTableAsync(string file, List<Column> columns, int rows, int rowsPerGroup)
    {
        ParquetSchema schema = new(columns.Select(column => column.Field));
        using FileStream stream = File.Create(file);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream, Options, cancellationToken: cancellation).ConfigureAwait(false);
        for (int first = 0; first < rows; first += rowsPerGroup)
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            for (int c = 0; c < columns.Count; c++)
                await columns[c].Write(group, schema.DataFields[c], first, Math.Min(rowsPerGroup, rows - first), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A column to write: its schema, and how to write a range of its rows.</summary>
    private sealed record Column(Field Field, Func<ParquetRowGroupWriter, DataField, int, int, CancellationToken, Task> Write)
    {
        public static Column OfScalars(string name, int[] values) => new(
            new DataField(name, typeof(int), isNullable: false),
            (group, field, first, count, cancellation) => group.WriteAsync<int>(field, values.AsMemory(first, count), null, null, cancellation));

        public static Column OfTexts(string name, string[] values) => new(
            new DataField(name, typeof(string), isNullable: false),
            (group, field, first, count, _) => group.WriteAsync(field, new ArraySegment<string>(values, first, count), null));

        public static Column OfFixedLists(string name, FeatureMatrix matrix) => new(
            new ListField(name, new DataField("element", typeof(float), isNullable: false)),
            (group, field, first, count, cancellation) =>
            {
                int[] definitions = new int[count * matrix.Width], repetitions = new int[count * matrix.Width];
                Array.Fill(definitions, field.MaxDefinitionLevel);
                Array.Fill(repetitions, 1);
                for (int row = 0; row < count; row++)
                    repetitions[row * matrix.Width] = 0;
                ReadOnlyMemory<float> values = matrix.Values.AsMemory(first * matrix.Width, count * matrix.Width);
                return group.WriteAllPartsAsync(field, values, definitions, repetitions, cancellation);
            });

        public static Column OfLists(string name, int[][] lists) => new(
            new ListField(name, new DataField("element", typeof(int), isNullable: false)),
            (group, field, first, count, cancellation) =>
            {
                List<int> values = [], definitions = [], repetitions = [];
                foreach (int[] list in lists.AsSpan(first, count))
                {
                    values.AddRange(list);
                    // An empty list is one entry that is defined up to the list, not up to an element.
                    definitions.AddRange(list.Length == 0 ? [field.MaxDefinitionLevel - 1] : Enumerable.Repeat(field.MaxDefinitionLevel, list.Length));
                    repetitions.AddRange(Enumerable.Range(0, Math.Max(1, list.Length)).Select(k => k == 0 ? 0 : 1));
                }
                return group.WriteAllPartsAsync<int>(field, values.ToArray(), definitions.ToArray(), repetitions.ToArray(), cancellation);
            });
    }
}
