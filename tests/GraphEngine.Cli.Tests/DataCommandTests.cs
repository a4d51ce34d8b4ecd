using System.Text.Json;
using GraphEngine.Data;
using GraphEngine.Tensors;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Cli.Tests;

public sealed class DataCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The library does not know of verbs.
    [Fact]
    public void A_data_set_that_has_to_be_downloaded_is_said_to_be_by_which_verb() => Assert.Equal(
        "The data set 'x' is not on this machine; download it with 'data download x'.", ErrorText.Of(new DatasetException("The data set 'x' is not on this machine; download it.") { Downloadable = "x" }));

    [Fact]
    public void List_shows_the_embedded_data_set_and_the_catalogue()
    {
        JsonElement[] sets = [.. CommandLine.Run("data", "list", "--json", "-").Json.GetProperty("datasets").EnumerateArray()];
        JsonElement wordnet = sets.Single(s => s.GetProperty("name").GetString() == "wordnet");
        Assert.EndsWith("wordnet", wordnet.GetProperty("folder").GetString(), StringComparison.Ordinal);
        Assert.Contains(sets, s => s.GetProperty("name").GetString() == "aifb" && s.GetProperty("downloadable").GetBoolean());
    }

    [Fact]
    public void Info_counts_what_is_there()
    {
        JsonElement info = CommandLine.Run("data", "info", TinyData.WriteTo(_folder.Path), "--json", "-").Json;
        Assert.Equal("tiny", info.GetProperty("name").GetString());
        Assert.Equal(17, info.GetProperty("nodes").GetInt32());
        Assert.Equal(29, info.GetProperty("edges").GetInt32());
        // Every source of each relation has one edge; the twelve edges of 'has' reach five tags.
        Assert.Equal(29, info.GetProperty("sourceGroups").GetInt32());
        Assert.Equal(22, info.GetProperty("targetGroups").GetInt32());
        Assert.Equal("item", info.GetProperty("nodeTypes")[0].GetProperty("name").GetString());
        Assert.Equal(4, info.GetProperty("nodeTypes")[0].GetProperty("features").GetInt32());
        Assert.Equal("tag", info.GetProperty("edgeTypes")[1].GetProperty("target").GetString());
        Assert.Equal(6, info.GetProperty("tasks")[0].GetProperty("train").GetInt32());
    }

    [Fact]
    public void Generated_graphs_can_be_described_and_exported()
    {
        string folder = Path.Combine(_folder.Path, "shape"), file = Path.Combine(_folder.Path, "shape.safetensors");
        JsonElement made = CommandLine.Run("data", "generate", "--shape", "mutag", "--scale", "0.01", "--seed", "4", "--out", folder, "--json", "-").Json;
        JsonElement info = CommandLine.Run("data", "info", folder, "--json", "-").Json;
        Assert.Equal(made.GetProperty("nodes").GetInt32(), info.GetProperty("nodes").GetInt32());
        CommandLine export = CommandLine.Run("data", "export", folder, "--out", file);
        Assert.Equal(0, export.Code);
        Assert.Equal(info.GetProperty("edges").GetInt32(), SafetensorsFile.Read(file)["src"].Shape[0]);
    }

    [Fact]
    public void Import_makes_a_folder_that_can_be_trained_on()
    {
        string source = Directory.CreateDirectory(Path.Combine(_folder.Path, "rdf")).FullName, folder = Path.Combine(_folder.Path, "imported");
        File.WriteAllLines(Path.Combine(source, "graph.nt"), Enumerable.Range(0, 8).Select(i => $"<http://x/n{i}> <http://x/next> <http://x/n{(i + 1) % 8}> ."));
        File.WriteAllLines(Path.Combine(source, "trainingSet.tsv"), (string[])["node\tlabel_side", .. Enumerable.Range(0, 6).Select(i => $"http://x/n{i}\t{i % 2}")]);
        File.WriteAllLines(Path.Combine(source, "testSet.tsv"), (string[])["node\tlabel_side", "http://x/n6\t0", "http://x/n7\t1"]);
        Assert.Equal(0, CommandLine.Run("data", "import", "--format", "ntriples", source, "--out", folder).Code);
        JsonElement json = CommandLine.Run("train", "--dataset", folder, "--device", "cpu", "--epochs", "2", "--hidden", "4", "--json", "-").Json;
        Assert.Equal(JsonValueKind.Null, json.GetProperty("baselines").GetProperty("linear").ValueKind);
        Assert.Equal(0.5, json.GetProperty("baselines").GetProperty("majority").GetDouble());
        Assert.False(json.TryGetProperty("valid", out _));
    }
}
