using GraphEngine.Graphs;
using GraphEngine.Tensors;
using Xunit;

namespace GraphEngine.Data.Tests;

public sealed class DatasetExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_export_numbers_nodes_globally()
    {
        NodeTask second = new("tags", "author", ["x", "y", "z"], MultiLabel: true, [[0, 2], []], [Split.Valid, Split.None]);
        DatasetExport.ToSafetensors(SmallDataset.Data with { Tasks = [.. SmallDataset.Data.Tasks, second] }, _folder["out.safetensors"]);
        SafetensorsFile file = SafetensorsFile.Read(_folder["out.safetensors"]);
        Assert.Equal([3, 4, 4, 1, 2], file["src"].ToLongs());
        Assert.Equal([0, 1, 2, 0, 0], file["dst"].ToLongs());
        Assert.Equal([0, 0, 0, 1, 1], file["etype"].ToLongs());
        Assert.Equal([0, 0, 0, 1, 1], file["ntype"].ToLongs());
        Assert.Equal([1, 0], file["etype_src_ntype"].ToLongs());
        Assert.Equal([0, 0], file["etype_dst_ntype"].ToLongs());
        Assert.Equal([3, 2], file["x.paper"].Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], file["x.paper"].ToFloats());
        Assert.Null(file.Find("x.author"));
        Assert.Equal([0, 1, -1, -1, -1], file["y"].ToLongs());
        Assert.Equal([1, 3, 0, 0, 0], file["split"].Bytes);
        Assert.Equal([5, 3], file["y.tags"].Shape);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0], file["y.tags"].Bytes);
        Assert.Equal([0, 0, 0, 2, 0], file["split.tags"].Bytes);
        Assert.Equal("""["paper","author"]""", file.Metadata["nodeTypes"]);
        Assert.Equal("""[{"name":"writes","source":"author","target":"paper"},{"name":"cites","source":"paper","target":"paper"}]""", file.Metadata["edgeTypes"]);
    }
}
