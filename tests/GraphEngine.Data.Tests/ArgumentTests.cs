using GraphEngine.Graphs;
using Xunit;

namespace GraphEngine.Data.Tests;

/// <summary>What is missing is named where it is handed over, not where it would be used.</summary>
public sealed class ArgumentTests
{
    [Fact]
    public async Task Missing_arguments_are_named()
    {
        using TemporaryFolder folder = new();
        using HttpClient client = new();
        DatasetCatalogue catalogue = new(folder.Root);
        GraphData data = SmallDataset.Data;
        CancellationToken cancel = TestContext.Current.CancellationToken;
        (string Name, Action Call)[] calls =
        [
            ("path", () => DatasetFolder.Read(null!, cancel)),
            ("path", () => DatasetFolder.IsAt(null!)),
            ("file", () => DatasetFolder.IsPart(null!)),
            ("data", () => DatasetFolder.Write(null!, folder["x"], cancellation: cancel)),
            ("path", () => DatasetFolder.Write(data, null!, cancellation: cancel)),
            ("data", () => DatasetExport.ToSafetensors(null!, folder["x"])),
            ("file", () => DatasetExport.ToSafetensors(data, null!)),
            ("format", () => DatasetImport.Read(null!, folder["x"], cancel)),
            ("source", () => DatasetImport.Read("hgb", null!, cancel)),
            ("output", () => DatasetImport.Import("hgb", folder["x"], null!, cancel)),
            ("name", () => ShapeGenerator.Generate(null!, cancellation: cancel)),
            ("file", () => PredictionTable.Write(null!, data.Tasks[0], null, [], cancel)),
            ("task", () => PredictionTable.Write(folder["x"], null!, null, [], cancel)),
            ("scores", () => PredictionTable.Write(folder["x"], data.Tasks[0], null, null!, cancel)),
            ("nameOrPath", () => catalogue.Find(null!)),
            ("nameOrPath", () => catalogue.Load(null!, cancel)),
            ("name", () => catalogue.LoadNamed(null!, cancel)),
        ];
        Assert.All(calls, c => Assert.Throws<ArgumentNullException>(c.Name, c.Call));
        await Assert.ThrowsAsync<ArgumentNullException>("name", () => catalogue.DownloadAsync(null!, client, cancellation: cancel));
        await Assert.ThrowsAsync<ArgumentNullException>("source", () => new Downloader(client).DownloadAsync(null!, folder["x"], cancellation: cancel));
    }
}
