using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace GraphEngine.Data;

/// <summary>
/// Fetches files. What has arrived lies in a sibling that ends in .part; an interrupted download goes on from there, and only a complete file
/// with the right checksum gets its name. It may fetch several files at once, each to a place of its own.
/// </summary>
/// <param name="client">The client to fetch with.</param>
public sealed class Downloader(HttpClient client)
{
    // A server that sends nothing for so long has been lost; without a limit the command would hang for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Fetches a file, unless it is there already.</summary>
    /// <param name="source">Address, size and checksum.</param>
    /// <param name="target">The file to write.</param>
    /// <param name="progress">Told about every part that arrives.</param>
    /// <param name="cancellation">Stops the download; what has arrived is kept.</param>
    /// <returns>The SHA-256 of the file, in lower-case hexadecimal.</returns>
    /// <exception cref="DatasetException">The server refuses, falls silent, or sends something else than the catalogue says.</exception>
    public async Task<string> DownloadAsync(CatalogueFile source, string target, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (File.Exists(target))
        {
            string present = await HashAsync(target, cancellation).ConfigureAwait(false);
            if (source.Sha256 is null || source.Sha256 == present)
                return present;
        }
        string part = target + ".part";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
        try
        {
            await FetchAsync(source, part, progress, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or HttpIOException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new DatasetException($"{source.Address} cannot be fetched: the connection failed; try again, and the download goes on where it stopped.", error);
        }
        long length = new FileInfo(part).Length;
        if (source.Bytes is { } bytes && bytes != length)
            throw Refuse(part, $"{source.Address} has {length} bytes, but the catalogue says {bytes}; the owner has changed it or the download was damaged, so try again");
        string hash = await HashAsync(part, cancellation).ConfigureAwait(false);
        if (source.Sha256 is { } expected && expected != hash)
            throw Refuse(part, $"{source.Address} has the SHA-256 {hash}, but the catalogue says {expected}; the owner has changed it or the download was damaged, so try again");
        File.Move(part, target, overwrite: true);
        return hash;
    }

    private async Task FetchAsync(CatalogueFile source, string part, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        long present = File.Exists(part) ? new FileInfo(part).Length : 0;
        if (present == source.Bytes && present > 0)
            return;
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        using HttpRequestMessage request = new(HttpMethod.Get, source.Address);
        if (present > 0)
            request.Headers.Range = new RangeHeaderValue(present, null);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && response.Content.Headers.ContentRange?.Length == present)
            return;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            throw Refuse(part, $"{source.Address} is shorter than the {present} bytes that were fetched before; they are removed, so try again");
        if (!response.IsSuccessStatusCode)
            throw new DatasetException($"{source.Address} cannot be fetched: the server answers {(int)response.StatusCode} {response.ReasonPhrase}; see whether its owner has moved it.");
        // A server may ignore the range and send everything: then what was there is replaced.
        bool resumes = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == present;
        long arrived = resumes ? present : 0;
        long? total = response.Content.Headers.ContentLength + arrived ?? source.Bytes;
        using FileStream file = new(part, resumes ? FileMode.Append : FileMode.Create, FileAccess.Write);
        using Stream content = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        byte[] buffer = new byte[1 << 16];
        int count;
        while ((count = await ReceiveAsync(content, buffer, patience.Token).ConfigureAwait(false)) > 0)
        {
            await file.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            patience.CancelAfter(Patience);
            arrived += count;
            progress?.Report(new DownloadProgress(source.Name, arrived, total));
        }
    }

    /// <summary>Reads from the connection; one that breaks is told from a disk that is full.</summary>
    private static async Task<int> ReceiveAsync(Stream content, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (IOException e) when (e is not HttpIOException)
        {
            throw new HttpIOException(HttpRequestError.ConnectionError, e.Message, e);
        }
    }

    private static DatasetException Refuse(string part, string what)
    {
        File.Delete(part);
        return new DatasetException(what + ".");
    }

    private static async Task<string> HashAsync(string file, CancellationToken cancellation)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
    }
}
