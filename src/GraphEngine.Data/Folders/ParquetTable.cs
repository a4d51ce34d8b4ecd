using System.Buffers;
using GraphEngine.Tensors;
using Parquet;
using Parquet.Schema;

namespace GraphEngine.Data.Folders;

/// <summary>
/// One Parquet file, read column by column. Columns are read raw, as values with their levels: that is what makes a wide list column cost
/// a copy, and what lets every irregularity be named by its row.
/// </summary>
internal sealed class ParquetTable
{
    private readonly byte[] _bytes;
    private readonly ParquetSchema _schema;
    private readonly int[] _firstRows;
    private readonly CancellationToken _cancellation;

    private ParquetTable(string file, byte[] bytes, ParquetSchema schema, int[] firstRows, CancellationToken cancellation)
    {
        File = file;
        _bytes = bytes;
        _schema = schema;
        _firstRows = firstRows;
        _cancellation = cancellation;
    }

    /// <summary>The path, for messages.</summary>
    public string File { get; }

    /// <summary>The number of rows.</summary>
    public int RowCount => _firstRows[^1];

    /// <summary>The names of the top-level columns.</summary>
    public IEnumerable<string> Columns => _schema.Fields.Select(column => column.Name);

    /// <summary>Opens a file and reads its schema.</summary>
    /// <exception cref="DatasetException">The file is missing, or is not Parquet.</exception>
    public static ParquetTable Open(string file, CancellationToken cancellation)
    {
        if (!System.IO.File.Exists(file))
            throw new DatasetException($"{file} is missing, but {DatasetManifest.FileName} declares it; import or copy the data set again.");
        byte[] bytes = InputFile.ReadAllBytes(file);
        return Guard(file, () =>
        {
            ParquetFooter.Check(bytes);
            ParquetReader reader = OpenReader(bytes);
            try
            {
                int[] firstRows = new int[reader.RowGroupCount + 1];
                for (int g = 0; g < reader.RowGroupCount; g++)
                {
                    using ParquetRowGroupReader group = reader.OpenRowGroupReader(g);
                    firstRows[g + 1] = checked(firstRows[g] + (int)group.RowCount);
                }
                return new ParquetTable(file, bytes, reader.Schema, firstRows, cancellation);
            }
            finally
            {
                Close(reader);
            }
        });
    }

    /// <summary>Checks the number of rows against the manifest.</summary>
    public void RequireRows(int count)
    {
        if (RowCount != count)
            throw new DatasetException($"{File} has {RowCount} rows, but {DatasetManifest.FileName} says {count}; correct the one that is wrong.");
    }

    /// <summary>Whether there is a column of that name.</summary>
    public bool Has(string column) => Columns.Contains(column, StringComparer.Ordinal);

    /// <summary>A column of numbers. Nulls become <paramref name="null"/>; where that is left out they are refused.</summary>
    public T[] Scalars<T>(string column, string type, T? @null = null)
        where T : unmanaged
    {
        DataField field = Leaf(column, type, typeof(T), lists: false);
        T[] result = new T[RowCount];
        EachGroup((reader, g) =>
        {
            Memory<T> target = result.AsMemory(_firstRows[g], _firstRows[g + 1] - _firstRows[g]);
            if (field.MaxDefinitionLevel == 0)
            {
                Await(reader.ReadRawAsync(field, target, null, null, _cancellation));
                return;
            }
            T[] values = new T[target.Length];
            int[] levels = new int[target.Length];
            Await(reader.ReadRawAsync<T>(field, values, levels, null, _cancellation));
            int next = 0;
            for (int i = 0; i < levels.Length; i++)
                target.Span[i] = levels[i] == field.MaxDefinitionLevel ? values[next++] : @null ?? throw Null(_firstRows[g] + i, column);
        });
        return result;
    }

    /// <summary>A column of strings. Nulls become <paramref name="null"/>; where that is left out they are refused.</summary>
    public string[] Texts(string column, string? @null = null)
    {
        DataField field = Leaf(column, "string", typeof(ReadOnlyMemory<char>), lists: false);
        string?[] result = new string?[RowCount];
        EachGroup((reader, g) => Await(reader.ReadAsync(field, result.AsMemory(_firstRows[g], _firstRows[g + 1] - _firstRows[g]), null, _cancellation)));
        for (int i = 0; i < result.Length; i++)
            result[i] ??= @null ?? throw Null(i, column);
        return result!;
    }

    /// <summary>A column of lists that all have <paramref name="width"/> elements, as one row-major array.</summary>
    public T[] FixedLists<T>(string column, string type, int width)
        where T : unmanaged
    {
        DataField field = Leaf(column, type, typeof(T), lists: true);
        if ((long)RowCount * width > Array.MaxLength)
            throw new DatasetException($"{File}, column '{column}': {RowCount} rows of {width} are more than {Array.MaxLength} elements; use narrower features.");
        T[] result = new T[RowCount * width];
        EachGroup((reader, g) =>
        {
            int rows = _firstRows[g + 1] - _firstRows[g], entries = Entries(reader, field);
            Memory<T> target = entries == rows * width ? result.AsMemory(_firstRows[g] * width, entries) : new T[entries];
            ReadLists(reader, field, target, entries, levels =>
            {
                if (!levels.AllOfLength(rows, width))
                    throw levels.FirstOtherThan(width, File, column, _firstRows[g]);
            });
        });
        return result;
    }

    /// <summary>A column of lists of any length; a null list is an empty one.</summary>
    public T[][] Lists<T>(string column, string type)
        where T : unmanaged
    {
        DataField field = Leaf(column, type, typeof(T), lists: true);
        T[][] result = new T[RowCount][];
        EachGroup((reader, g) =>
        {
            T[] values = new T[Entries(reader, field)];
            int[] lengths = [];
            ReadLists<T>(reader, field, values, values.Length, levels =>
                lengths = levels.Lengths(_firstRows[g + 1] - _firstRows[g], File, column, _firstRows[g]));
            int next = 0;
            for (int i = 0; i < lengths.Length; next += lengths[i++])
                result[_firstRows[g] + i] = values.AsSpan(next, lengths[i]).ToArray();
        });
        return result;
    }

    /// <summary>
    /// Reads the elements of a list column, and shows the levels, which lie in rented memory: a wide column has as many levels as elements.
    /// </summary>
    private void ReadLists<T>(ParquetRowGroupReader reader, DataField field, Memory<T> values, int entries, Action<ListLevels> inspect)
        where T : unmanaged
    {
        int[] definitions = ArrayPool<int>.Shared.Rent(entries), repetitions = ArrayPool<int>.Shared.Rent(entries);
        try
        {
            Await(reader.ReadRawAsync(field, values, definitions.AsMemory(0, entries), repetitions.AsMemory(0, entries), _cancellation));
            inspect(new ListLevels(definitions.AsSpan(0, entries), repetitions.AsSpan(0, entries), field.MaxDefinitionLevel));
        }
        finally
        {
            ArrayPool<int>.Shared.Return(definitions);
            ArrayPool<int>.Shared.Return(repetitions);
        }
    }

    /// <summary>The entries of a list column in a row group: its elements, plus one for each list without any.</summary>
    private static int Entries(ParquetRowGroupReader reader, DataField field) => checked((int)reader.GetMetadata(field)!.MetaData!.NumValues);

    private void EachGroup(Action<ParquetRowGroupReader, int> read) => ParallelWork.Run(_firstRows.Length - 1, g => Guard(File, () =>
    {
        ParquetReader reader = OpenReader(_bytes);
        try
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(g);
            read(group, g);
            return true;
        }
        finally
        {
            Close(reader);
        }
    }), _cancellation);

    private DataField Leaf(string column, string type, Type clrType, bool lists)
    {
        DataField[] leaves = [.. _schema.DataFields.Where(field => field.Path.FirstPart == column)];
        if (leaves.Length == 0)
            throw new DatasetException($"{File} has no column '{column}'; it has {(Columns.Any() ? string.Join(", ", Columns.Select(c => $"'{c}'")) : "none")}.");
        if (leaves.Length > 1 || leaves[0].ClrType != clrType || leaves[0].MaxRepetitionLevel != (lists ? 1 : 0))
            throw new DatasetException($"{File}, column '{column}': the type is {TypeName(leaves)}, but {type} is needed; convert the column.");
        return leaves[0];
    }

    private static string TypeName(DataField[] leaves)
    {
        if (leaves.Length > 1)
            return "a structure";
        string name = Type.GetTypeCode(leaves[0].ClrType) switch
        {
            TypeCode.Single => "float",
            TypeCode.Object when leaves[0].ClrType == typeof(ReadOnlyMemory<char>) => "string",
            _ => leaves[0].ClrType.Name.ToLowerInvariant(),
        };
        for (int level = 0; level < leaves[0].MaxRepetitionLevel; level++)
            name = $"list<{name}>";
        return name;
    }

    private DatasetException Null(int row, string column) =>
        new($"{File}, row {row}, column '{column}': the value is missing; every row needs one.");

    private static T Guard<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is not (DatasetException or OperationCanceledException or OutOfMemoryException))
        {
            // A damaged file makes the decoder fail in whatever way its bytes happen to lead to.
            throw new DatasetException($"{file} cannot be read as Parquet: it is truncated or damaged; import or copy the data set again.", error);
        }
    }

    // Everything lies in memory, so nothing waits here; the library has no synchronous calls.
    private static ParquetReader OpenReader(byte[] bytes) =>
        ParquetReader.CreateAsync(new MemoryStream(bytes, writable: false)).GetAwaiter().GetResult();

    private static void Close(ParquetReader reader) => reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static void Await(ValueTask task) => task.AsTask().GetAwaiter().GetResult();
}
