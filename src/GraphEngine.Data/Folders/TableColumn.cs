using GraphEngine.Graphs;
using Parquet;
using Parquet.Schema;

namespace GraphEngine.Data.Folders;

/// <summary>A column to write: its schema, and how to write a range of its rows.</summary>
internal sealed record TableColumn(Field Field, Func<ParquetRowGroupWriter, DataField, int, int, CancellationToken, Task> Write)
{
    public static TableColumn OfScalars<T>(string name, T[] values)
        where T : unmanaged => new(
        new DataField(name, typeof(T), isNullable: false),
        (group, field, first, count, cancellation) => group.WriteAsync<T>(field, values.AsMemory(first, count), null, null, cancellation));

    public static TableColumn OfTexts(string name, string[] values) => new(
        new DataField(name, typeof(string), isNullable: false),
        (group, field, first, count, _) => group.WriteAsync(field, new ArraySegment<string>(values, first, count), null));

    public static TableColumn OfFixedLists(string name, FeatureMatrix matrix) => new(
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

    public static TableColumn OfLists(string name, int[][] lists) => new(
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
