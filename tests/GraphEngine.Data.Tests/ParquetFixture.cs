using Parquet;
using Parquet.Schema;

namespace GraphEngine.Data.Tests;

/// <summary>Writes Parquet tables that a dataset folder would never hold, as another tool might.</summary>
internal static class ParquetFixture
{
    public static Column Of<T>(string name, params T[] values)
        where T : struct => new(new DataField(name, typeof(T), isNullable: false), (group, field) => group.WriteAsync<T>(field, values, null, null, default), values.Length);

    public static Column Optional<T>(string name, params T?[] values)
        where T : struct => new(new DataField(name, typeof(T), isNullable: true), (group, field) => group.WriteAsync<T>(field, values.AsMemory(), null, null, default), values.Length);

    public static Column Text(string name, params string?[] values) =>
        new(new DataField(name, typeof(string), isNullable: true), (group, field) => group.WriteAsync(field, values!, null), values.Length);

    /// <summary>A list column; a null list is missing, a null element is missing.</summary>
    public static Column Lists<T>(string name, params T?[]?[] lists)
        where T : struct
    {
        ListField list = new(name, new DataField("element", typeof(T), isNullable: true));
        return new(list, Write, lists.Length);

        Task Write(ParquetRowGroupWriter group, DataField field)
        {
            List<T> values = [];
            List<int> definitions = [], repetitions = [];
            foreach (T?[]? one in lists)
            {
                if (one is null || one.Length == 0)
                {
                    definitions.Add(one is null ? 0 : 1);
                    repetitions.Add(0);
                }
                for (int k = 0; k < one?.Length; k++)
                {
                    definitions.Add(one[k] is null ? 2 : 3);
                    repetitions.Add(k == 0 ? 0 : 1);
                    if (one[k] is { } value)
                        values.Add(value);
                }
            }
            return group.WriteAllPartsAsync<T>(field, values.ToArray(), definitions.ToArray(), repetitions.ToArray(), default);
        }
    }

    public static void Write(string file, params Column[] columns) => WriteAsync(file, columns).GetAwaiter().GetResult();

    private static async Task WriteAsync(string file, Column[] columns)
    {
        ParquetSchema schema = new(columns.Select(column => column.Field));
        using FileStream stream = File.Create(file);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        for (int c = 0; c < columns.Length; c++)
            await columns[c].Write(group, schema.DataFields[c]);
    }

    internal sealed record Column(Field Field, Func<ParquetRowGroupWriter, DataField, Task> Write, int Rows);
}
