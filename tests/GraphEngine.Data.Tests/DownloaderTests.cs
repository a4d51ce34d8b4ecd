using System.Security.Cryptography;
using Xunit;

namespace GraphEngine.Data.Tests;

public sealed class DownloaderTests : IDisposable
{
    private readonly byte[] _content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31 >> 3))];
    private readonly TemporaryFolder _folder = new();
    private readonly LocalServer _server = new();
    private readonly HttpClient _client = new();

    public DownloaderTests()
    {
        _server.Files["set.bin"] = _content;
    }

    private string Target => _folder["cache", "set.bin"];

    private string Hash => Convert.ToHexStringLower(SHA256.HashData(_content));

    private CatalogueFile Source => new(new Uri(_server.Root, "set.bin"), _content.Length, Hash);

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_fetched_checked_and_named()
    {
        List<DownloadProgress> seen = [];
        Assert.Equal(Hash, await Fetch(Source, new Reporter(seen)));
        Assert.Equal(_content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
        Assert.Equal([Target], Directory.GetFiles(_folder["cache"]));
        Assert.Equal(new DownloadProgress("set.bin", _content.Length, _content.Length), seen[^1]);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_fetched_again()
    {
        await Fetch(Source);
        await Fetch(Source);
        Assert.Equal(["set.bin"], _server.Requests);
    }

    [Fact]
    public async Task A_broken_download_goes_on_where_it_stopped()
    {
        _server.BreakAfter = 100_000;
        DatasetException error = await Assert.ThrowsAsync<DatasetException>(() => Fetch(Source));
        Assert.Equal($"{Source.Address} cannot be fetched: the connection failed; try again, and the download goes on where it stopped.", error.Message);
        long arrived = new FileInfo(Target + ".part").Length;
        Assert.InRange(arrived, 1, 100_000);
        Assert.False(File.Exists(Target));
        _server.BreakAfter = null;
        Assert.Equal(Hash, await Fetch(Source));
        Assert.Equal(["set.bin", $"set.bin bytes={arrived}-"], _server.Requests);
    }

    [Fact]
    public async Task A_server_without_ranges_sends_everything_again()
    {
        _server.SupportsRanges = false;
        Directory.CreateDirectory(_folder["cache"]);
        await File.WriteAllBytesAsync(Target + ".part", new byte[1_000], TestContext.Current.CancellationToken);
        Assert.Equal(Hash, await Fetch(Source));
    }

    [Fact]
    public async Task A_part_that_is_longer_than_the_file_is_removed()
    {
        Directory.CreateDirectory(_folder["cache"]);
        await File.WriteAllBytesAsync(Target + ".part", new byte[400_000], TestContext.Current.CancellationToken);
        DatasetException error = await Assert.ThrowsAsync<DatasetException>(() => Fetch(Source));
        Assert.Equal($"{Source.Address} is shorter than the 400000 bytes that were fetched before; they are removed, so try again.", error.Message);
        Assert.Equal(Hash, await Fetch(Source));
    }

    [Fact]
    public async Task A_part_that_is_complete_gets_its_name()
    {
        Directory.CreateDirectory(_folder["cache"]);
        await File.WriteAllBytesAsync(Target + ".part", _content, TestContext.Current.CancellationToken);
        // The catalogue does not know the size of every file: only the server can say that nothing is missing.
        Assert.Equal(Hash, await Fetch(Source with { Bytes = null }));
        Assert.Equal([Target], Directory.GetFiles(_folder["cache"]));
        Assert.Equal([$"set.bin bytes={_content.Length}-"], _server.Requests);
    }

    [Fact]
    public async Task Another_checksum_is_refused_and_leaves_nothing()
    {
        string wrong = new('0', 64);
        DatasetException error = await Assert.ThrowsAsync<DatasetException>(() => Fetch(Source with { Sha256 = wrong }));
        Assert.Equal($"{Source.Address} has the SHA-256 {Hash}, but the catalogue says {wrong}; the owner has changed it or the download was damaged, so try again.", error.Message);
        Assert.Empty(Directory.GetFiles(_folder["cache"]));
    }

    [Fact]
    public async Task Another_size_is_refused_and_leaves_nothing()
    {
        DatasetException error = await Assert.ThrowsAsync<DatasetException>(() => Fetch(Source with { Bytes = 5 }));
        Assert.Equal($"{Source.Address} has 300000 bytes, but the catalogue says 5; the owner has changed it or the download was damaged, so try again.", error.Message);
        Assert.Empty(Directory.GetFiles(_folder["cache"]));
    }

    [Fact]
    public async Task A_missing_file_is_refused_with_the_answer_of_the_server()
    {
        CatalogueFile source = new(new Uri(_server.Root, "gone.bin"), null, null);
        DatasetException error = await Assert.ThrowsAsync<DatasetException>(() => Fetch(source));
        Assert.Equal($"{source.Address} cannot be fetched: the server answers 404 Not Found; see whether its owner has moved it.", error.Message);
    }

    [Fact]
    public async Task A_cancelled_download_keeps_what_has_arrived()
    {
        using CancellationTokenSource cancellation = new();
        Task<string> download = new Downloader(_client).DownloadAsync(Source, Target, new Canceller(cancellation), cancellation.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
        Assert.False(File.Exists(Target));
        Assert.InRange(new FileInfo(Target + ".part").Length, 1, _content.Length);
        Assert.Equal(Hash, await Fetch(Source));
    }

    [Fact]
    public async Task A_set_is_fetched_imported_checked_and_found_by_name()
    {
        _server.Files["train.txt"] = "a\tlikes\tb\nb\tlikes\tc\n"u8.ToArray();
        _server.Files["test.txt"] = "c\tknows\ta\n"u8.ToArray();
        CatalogueFile[] files = [new(new Uri(_server.Root, "train.txt"), 20, null), new(new Uri(_server.Root, "test.txt"), null, null)];
        CatalogueEntry entry = new("tiny", "free", "triples", files, new CatalogueCounts(3, 3, 1, 2, 0));
        DatasetCatalogue catalogue = new([entry], _folder["cache"]);
        DatasetException missing = Assert.Throws<DatasetException>(() => catalogue.Find("tiny"));
        Assert.Equal(("The data set 'tiny' is not on this machine, but in the catalogue; download it.", "tiny"), (missing.Message, missing.Downloadable));
        Assert.Equal(_folder["cache", "tiny"], await catalogue.DownloadAsync("tiny", _client, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(_folder["cache", "tiny"], catalogue.Find("tiny"));
        Graphs.GraphData data = catalogue.Load("tiny", TestContext.Current.CancellationToken);
        Assert.Equal(("tiny", "free", 3), (data.Name, data.Licence, data.Graph.EdgeCount));

        DatasetCatalogue wrong = new([entry with { Name = "other", Expected = new CatalogueCounts(3, 4, 1, 2, 0) }], _folder["cache"]);
        DatasetException error = await Assert.ThrowsAsync<DatasetException>(() => wrong.DownloadAsync("other", _client, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(
            "The data set 'other' holds 3 nodes of 1 types, 3 edges of 2 types and 0 classes, but the catalogue expects 3 nodes of 1 types, 4 edges of 2 types and 0 classes; its owner has changed it.",
            error.Message);
    }

    private Task<string> Fetch(CatalogueFile source, IProgress<DownloadProgress>? progress = null) =>
        new Downloader(_client).DownloadAsync(source, Target, progress, TestContext.Current.CancellationToken);

    private sealed class Reporter(List<DownloadProgress> seen) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => seen.Add(value);
    }

    private sealed class Canceller(CancellationTokenSource cancellation) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => cancellation.Cancel();
    }
}
