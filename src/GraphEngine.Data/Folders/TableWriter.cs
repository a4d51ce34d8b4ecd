using System.IO.Compression;
using Parquet;
using Parquet.Schema;

namespace GraphEngine.Data.Folders;

/// <summary>Writes one Parquet file.</summary>
internal static class TableWriter
{
    // Zstandard reads fastest for its size.
    private static readonly ParquetOptions Options = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Optimal };

    /// <summary>Writes columns of one length.</summary>
    public static void Write(string file, List<TableColumn> columns, int rows, int rowsPerGroup, CancellationToken cancellation)
    {
        // The library has no synchronous calls; on a thread of the pool, waiting for it blocks nobody.
        WriteAsync(file, columns, rows, rowsPerGroup, cancellation).GetAwaiter().GetResult();
    }

    private static async Task WriteAsync(string file, List<TableColumn> columns, int rows, int rowsPerGroup, CancellationToken cancellation)
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
}
