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
        // The library has no synchronous calls, and does not say what it waits on. Where the caller's context runs what is posted to it on the
        // caller's thread, as those of user interfaces do, that thread would wait for itself: it has none in here.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            WriteAsync(file, columns, rows, rowsPerGroup, cancellation).GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
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
