using System.IO.Compression;
using Xunit;

namespace GraphEngine.Data.Tests;

public sealed class DatasetCatalogueTests
{
    [Fact]
    public void The_built_in_catalogue_is_complete_and_consistent()
    {
        DatasetCatalogue catalogue = new();
        Assert.Contains(catalogue.Entries, entry => entry.Name == "aifb");
        Assert.Equal(catalogue.Entries.Count, catalogue.Entries.Select(entry => entry.Name).Distinct().Count());
        foreach (CatalogueEntry entry in catalogue.Entries)
        {
            Assert.Contains(entry.Format, DatasetImport.Formats);
            Assert.NotEmpty(entry.Licence);
            Assert.NotEmpty(entry.Files);
            Assert.True(entry.Expected is { Nodes: > 0, Edges: > 0, NodeTypes: > 0, EdgeTypes: > 0 });
            foreach (CatalogueFile file in entry.Files)
            {
                Assert.Equal("https", file.Address.Scheme);
                Assert.Matches("^[0-9a-f]{64}$", file.Sha256 ?? new string('0', 64));
                Assert.Equal(file.Sha256 is null, file.Bytes is null);
            }
        }
        Assert.Equal(["bgs", "am", "wn18rr"], catalogue.Entries.Where(entry => !entry.IsVerified).Select(entry => entry.Name));
    }

    [Fact]
    public void The_embedded_set_is_found_by_name_and_a_folder_by_path()
    {
        using TemporaryFolder folder = new();
        DatasetCatalogue catalogue = new(folder.Root);
        Assert.EndsWith(Path.Combine("datasets", "wordnet"), catalogue.Find("wordnet"));
        DatasetFolder.Write(SmallDataset.Data, folder["mine"], cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(folder["mine"], catalogue.Find(folder["mine"]));
        Assert.Equal(folder["mine"], catalogue.Find("mine"));
        Assert.Equal(["wordnet", "mine"], catalogue.Present().Select(set => set.Name));
    }

    // A page of a captive portal, say: without a checksum only the import can tell, and what it refuses must not stay for ever.
    [Fact]
    public async Task An_unverified_file_that_cannot_be_imported_is_fetched_anew()
    {
        using TemporaryFolder folder = new();
        using LocalServer server = new();
        using HttpClient client = new();
        server.Files["set.zip"] = [.. "<html>log in first</html>"u8];
        CatalogueEntry entry = new("mine", "free", "ntriples", [new CatalogueFile(new Uri(server.Root, "set.zip"), null, null)], new CatalogueCounts(2, 1, 1, 1, 0));
        DatasetCatalogue catalogue = new([entry], folder.Root);
        await Assert.ThrowsAsync<DatasetException>(() => catalogue.DownloadAsync("mine", client, cancellation: TestContext.Current.CancellationToken));
        using (MemoryStream content = new())
        {
            using (ZipArchive zip = new(content, ZipArchiveMode.Create, leaveOpen: true))
            {
                using StreamWriter graph = new(zip.CreateEntry("g.nt").Open());
                graph.WriteLine("<a:x> <a:p> <a:y> .");
            }
            server.Files["set.zip"] = content.ToArray();
        }
        Assert.Equal(folder["mine"], await catalogue.DownloadAsync("mine", client, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Downloads_lie_beside_compiled_kernels()
    {
        if (Environment.GetEnvironmentVariable("GRAPHENGINE_DATA") is null or "")
            Assert.EndsWith(Path.Combine("GraphEngine", "datasets"), DatasetCatalogue.DefaultCache, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones()
    {
        using TemporaryFolder folder = new();
        DatasetException error = Assert.Throws<DatasetException>(() => new DatasetCatalogue(folder.Root).Find("cora"));
        Assert.Equal(
            "There is no data set 'cora': it is neither the path of a dataset folder nor one of wordnet, aifb, mutag, bgs, am, fb15k-237, wn18rr, wn18, codex-s, codex-m, kinship, umls, nations. "
            + $"Data sets of a clone are found where its folder 'datasets' lies above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}, those that were downloaded in {folder.Root}; give the path of the folder of any other.",
            error.Message);
        Assert.Null(error.Downloadable);
    }
}
