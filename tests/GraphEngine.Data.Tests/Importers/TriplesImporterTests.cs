using GraphEngine.Data.Importers.Triples;
using GraphEngine.Graphs;
using Xunit;

namespace GraphEngine.Data.Tests.Importers;

public sealed class TriplesImporterTests
{
    [Fact]
    public void An_import_can_be_stopped()
    {
        using TemporaryFolder folder = new();
        folder.Write("train.txt", "a\tlikes\tb");
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetImport.Read("triples", folder.Root, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("fb15k-237/FB15k-237.tar.gz", "FB15k-237", 14_541, 310_116, 237)]
    [InlineData("wn18/wn18.tar.gz", "wn18", 40_943, 151_442, 18)]
    [InlineData("codex/codex-s.tar.gz", "codex-s", 2_034, 36_543, 42)]
    [InlineData("codex/codex-m.tar.gz", "codex-m", 17_050, 206_205, 51)]
    [InlineData("small-kgs/kinship.tar.gz", "kinship", 104, 10_686, 25)]
    [InlineData("small-kgs/umls.tar.gz", "umls", 135, 6_529, 46)]
    [InlineData("small-kgs/nations.tar.gz", "nations", 14, 1_992, 55)]
    public void A_published_set_has_its_counts(string path, string name, int nodes, int edges, int relations)
    {
        GraphData data = TriplesImporter.Read(SharedDatasets.Require(path.Split('/')), TestContext.Current.CancellationToken).Data;
        Assert.Equal(name, data.Name);
        Assert.Equal((nodes, edges, relations), (data.Graph.NodeCount, data.Graph.EdgeCount, data.Graph.Schema.EdgeTypes.Count));
        Assert.Empty(data.Tasks);
    }

    [Fact]
    public void Numbered_lines_are_head_tail_relation()
    {
        using TemporaryFolder folder = Numbered();
        GraphData data = TriplesImporter.Read(folder.Root, TestContext.Current.CancellationToken).Data;
        Assert.Equal(["x", "y"], data.Ids[0]!);
        Assert.Equal(["likes", "knows", "never"], data.Graph.Schema.EdgeTypes.Select(type => type.Name));
        Assert.Equal([0], data.Graph.EdgesOf(1).Sources);
        Assert.Equal([1], data.Graph.EdgesOf(1).Targets);
        Assert.Equal([0, 1, 0], Enumerable.Range(0, 3).Select(r => data.Graph.EdgesOf(r).Count));
    }

    [Fact]
    public void An_archive_with_several_sets_is_refused()
    {
        string archive = SharedDatasets.Require("small-kgs", "countries.tar.gz");
        DatasetException error = Assert.Throws<DatasetException>(() => TriplesImporter.Read(archive, TestContext.Current.CancellationToken));
        Assert.Equal(
            $"{archive} has 3 files named train.txt: countries/countries_S1/train.txt, countries/countries_S2/train.txt, countries/countries_S3/train.txt; unpack it and give one folder.",
            error.Message);
    }

    [Theory]
    [InlineData("train.txt", "x\tlikes y", "@/train.txt, line 1: there are 2 columns instead of head, relation and tail; separate them by tabs.")]
    [InlineData("train.txt", "x\tlikes\ty\nx\t\ty", "@/train.txt, line 2: there are 2 columns instead of head, relation and tail; separate them by tabs.")]
    [InlineData("train.txt", "", "@ holds no triple; give files with at least one.")]
    [InlineData("test.txt", "x\tlikes\ty\tz", "@/test.txt, line 1: there are 4 columns instead of head, relation and tail; separate them by tabs.")]
    public void A_broken_text_is_refused_with_a_sentence(string file, string text, string sentence)
    {
        using TemporaryFolder folder = new();
        folder.Write("train.txt", file == "train.txt" ? text : "x\tlikes\ty");
        folder.Write(file, text);
        Assert.Equal(sentence, Message(folder));
    }

    [Theory]
    [InlineData("entity2id.txt", "2\nx\t0\ny\t2", "@/entity2id.txt, line 3: '2' is not a number below 2.")]
    [InlineData("entity2id.txt", "2\nx\t1\ny\t0", "@/entity2id.txt, line 2: the number is 1, but the names must be numbered 0, 1, 2 and so on; sort the lines.")]
    [InlineData("entity2id.txt", "2\nx\t0\nx\t1", "@/entity2id.txt, line 3: the name 'x' already has a number; keep one line per name.")]
    [InlineData("entity2id.txt", "3\nx\t0\ny\t1", "@/entity2id.txt announces 3 lines but has 2; it is truncated or its first line is wrong.")]
    [InlineData("train.txt", "0 1 1", "@/train.txt, line 1: the first line must be the number of lines that follow.")]
    [InlineData("train.txt", "2\n0 1 1", "@/train.txt announces 2 lines but has 1; it is truncated or its first line is wrong.")]
    [InlineData("train.txt", "1\n0 1", "@/train.txt, line 2: there are 2 columns instead of head, tail and relation; separate them by blanks.")]
    [InlineData("train.txt", "1\n0 1 3", "@/train.txt, line 2: '3' is not a number below 3.")]
    [InlineData("train.txt", "1\n0 -1 1", "@/train.txt, line 2: '-1' is not a number below 2.")]
    public void A_broken_numbered_set_is_refused_with_a_sentence(string file, string text, string sentence)
    {
        using TemporaryFolder folder = Numbered();
        folder.Write(file, text);
        Assert.Equal(sentence, Message(folder));
    }

    [Fact]
    public void A_source_that_is_not_there_or_nothing_known_is_refused()
    {
        using TemporaryFolder folder = new();
        string missing = folder["none"], text = folder.Write("a.csv", "1"), archive = folder.Write("a.zip", "no zip");
        Assert.Equal($"There is no file or folder {missing}; give the place of the data to import.", Assert.Throws<DatasetException>(() => TriplesImporter.Read(missing, TestContext.Current.CancellationToken)).Message);
        Assert.Equal($"{text} is neither a folder nor a .zip, .tar.gz or .tgz archive; give one of these.", Assert.Throws<DatasetException>(() => TriplesImporter.Read(text, TestContext.Current.CancellationToken)).Message);
        Assert.Equal($"{archive} cannot be unpacked: it is truncated or damaged; fetch it again.", Assert.Throws<DatasetException>(() => TriplesImporter.Read(archive, TestContext.Current.CancellationToken)).Message);
        Assert.Equal("There is no format 'csv'; use wordnet, ntriples, hgb, triples.", Assert.Throws<DatasetException>(() => DatasetImport.Read("csv", text, TestContext.Current.CancellationToken)).Message);
    }

    private static TemporaryFolder Numbered()
    {
        TemporaryFolder folder = new();
        folder.Write("entity2id.txt", "2", "x\t0", "y\t1");
        folder.Write("relation2id.txt", "3", "likes\t0", "knows\t1", "never\t2");
        folder.Write("train.txt", "1", "0 1 1");
        return folder;
    }

    private static string Message(TemporaryFolder folder) =>
        Assert.Throws<DatasetException>(() => TriplesImporter.Read(folder.Root, TestContext.Current.CancellationToken)).Message.Replace(folder.Root, "@", StringComparison.Ordinal);
}
