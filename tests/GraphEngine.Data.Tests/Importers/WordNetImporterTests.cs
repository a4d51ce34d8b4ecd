using GraphEngine.Data.Importers;
using GraphEngine.Data.Importers.WordNet;
using GraphEngine.Graphs;
using GraphEngine.Spaces;
using Xunit;

namespace GraphEngine.Data.Tests.Importers;

public sealed class WordNetImporterTests
{
    private const string Installed = "/usr/share/wordnet";

    private static readonly Lazy<GraphData> Embedded = new(() => new DatasetCatalogue().Load("wordnet"));

    [Fact]
    public void The_embedded_graph_has_the_counts_of_WordNet_3()
    {
        HeteroGraph graph = Embedded.Value.Graph;
        Assert.Equal(["noun", "verb", "adjective", "adverb"], graph.Schema.NodeTypes.Select(type => type.Name));
        Assert.Equal([82_115, 13_767, 18_156, 3_621], Enumerable.Range(0, 4).Select(graph.NodeCountOf));
        Assert.Equal(364_552, graph.EdgeCount);
        Assert.Equal(79, graph.Schema.EdgeTypes.Count);
        Assert.Equal(35, graph.Schema.EdgeTypes.Count(type => type.Name.Contains(".lexical.", StringComparison.Ordinal)));
        Assert.Equal(24, Enumerable.Range(0, 79).Count(r => graph.EdgesOf(r).Count < 32));
        Assert.Equal(10, Enumerable.Range(0, 79).Count(r => graph.EdgesOf(r).Count == 1));
    }

    [Theory]
    [InlineData("noun.hypernym.noun", 75_850)]
    [InlineData("noun.hyponym.noun", 75_850)]
    [InlineData("adjective.similar.adjective", 21_386)]
    [InlineData("noun.derivation.lexical.verb", 18_347)]
    [InlineData("verb.derivation.lexical.noun", 18_347)]
    [InlineData("verb.hypernym.verb", 13_239)]
    [InlineData("noun.member-holonym.noun", 12_293)]
    [InlineData("adjective.derivation.lexical.noun", 10_742)]
    [InlineData("noun.derivation.lexical.adjective", 10_713)]
    public void A_relation_has_its_edges(string name, int edges)
    {
        HeteroGraph graph = Embedded.Value.Graph;
        Assert.Equal(edges, graph.EdgesOf(graph.Schema.EdgeTypeIndex(name)).Count);
    }

    [Fact]
    public void The_groups_are_as_counted()
    {
        Topology topology = Embedded.Value.Graph.Topology;
        Assert.Equal(228_293, topology.Count(Space.SourceGroups));
        Assert.Equal(228_050, topology.Count(Space.TargetGroups));
        Assert.Equal(674, Enumerable.Range(0, topology.Count(Space.Nodes)).Max(topology.Inverse(IndexMap.EdgeTarget).Degree));
    }

    [Fact]
    public void The_tasks_have_their_classes_and_splits()
    {
        GraphData data = Embedded.Value;
        Assert.Equal(["noun-topic", "verb-topic"], data.Tasks.Select(task => task.Name));
        Assert.Equal([26, 15], data.Tasks.Select(task => task.Classes.Count));
        Assert.Equal((8_223, 8_223, 65_669), Sizes(data.Tasks[0]));
        Assert.Equal((1_384, 1_384, 10_999), Sizes(data.Tasks[1]));
        Assert.Equal(6_650, data.Tasks[0].Labels.Count(labels => data.Tasks[0].Classes[labels[0]] == "noun.act"));
        Assert.Equal(81, data.Tasks[1].Labels.Count(labels => data.Tasks[1].Classes[labels[0]] == "verb.weather"));
        Assert.Equal(5, TrainOf(data.Tasks[0], "noun.motive"));
        Assert.Equal(9, TrainOf(data.Tasks[1], "verb.weather"));
    }

    [Fact]
    public void The_features_are_hashed_glosses()
    {
        GraphData data = Embedded.Value;
        Assert.Equal(3_544_184_282, Fnv.Hash("entity"));
        Assert.Equal(3_204_690_206, Fnv.Hash("noun/00001740"));
        Assert.Equal("00001740 entity", data.Ids[0]![0]);
        float unit = (float)(1 / Math.Sqrt(11));
        HashSet<int> plus = [150, 191, 56], minus = [226, 21, 230, 140, 251, 217, 141, 179];
        float[] row = data.Features[0]!.Values[..256];
        for (int column = 0; column < 256; column++)
            Assert.Equal(plus.Contains(column) ? unit : minus.Contains(column) ? -unit : 0, row[column]);
        IEnumerable<float[]> rows = data.Features.SelectMany(features => features!.Values.Chunk(256));
        Assert.Equal(499, rows.Count(values => Array.TrueForAll(values, value => value == 0)));
        double share = data.Features.Sum(features => (double)features!.Values.Count(value => value != 0)) / (117_659 * 256);
        Assert.Equal(0.0305, share, 4);
    }

    [Fact]
    public void The_embedded_folder_carries_its_notice_and_is_small()
    {
        string folder = new DatasetCatalogue().Find("wordnet");
        string licence = File.ReadAllText(Path.Combine(folder, "LICENSE"));
        Assert.StartsWith("This software and database is being provided to you, the LICENSEE, by\nPrinceton University under the following license.", licence);
        Assert.Contains("WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved.", licence);
        Assert.EndsWith("Princeton University and LICENSEE agrees to preserve same.\n", licence);
        Assert.InRange(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 1, 12_000_000);
    }

    [Fact]
    public void Importing_again_gives_the_embedded_bytes()
    {
        Assert.SkipUnless(Directory.Exists(Installed), $"WordNet is not installed in {Installed}.");
        using TemporaryFolder folder = new();
        DatasetImport.Import("wordnet", Installed, folder["wordnet"], TestContext.Current.CancellationToken);
        string embedded = new DatasetCatalogue().Find("wordnet");
        foreach (string file in Directory.EnumerateFiles(folder["wordnet"], "*", SearchOption.AllDirectories))
            Assert.Equal(File.ReadAllBytes(Path.Combine(embedded, Path.GetRelativePath(folder["wordnet"], file))), File.ReadAllBytes(file));
    }

    [Fact]
    public void A_synset_becomes_a_node_and_its_pointers_edges()
    {
        using TemporaryFolder folder = new();
        Write(folder, verb: "00000002 30 v 02 go_on 0 run 1 002 @ 00000002 v 0000 + 00000001 n 0201 01 + 02 00 | to go  ", adj: "00000001 00 s 01 whole(a) 0 000 | entire");
        GraphData data = WordNetImporter.Read(folder.Root, TestContext.Current.CancellationToken).Data;
        Assert.Equal(["00000002 go on"], data.Ids[1]!);
        Assert.Equal(["00000001 whole"], data.Ids[2]!);
        Assert.Equal(["verb.hypernym.verb", "verb.derivation.lexical.noun"], data.Graph.Schema.EdgeTypes.Select(type => type.Name));
        Assert.Equal(1, data.Tasks[1].Labels[0][0]);
    }

    [Theory]
    [InlineData("00000002 30 v 01 go 0 000 to go", "data.verb, line 1: there is no '|' before a gloss; take the file from WordNet 3.0 again.")]
    [InlineData("0000000x 30 v 01 go 0 000 | to go", "data.verb, line 1: the offset '0000000x' is not a number; take the file from WordNet 3.0 again.")]
    [InlineData("00000002 30 v 01 go 0 | to go", "data.verb, line 1: the line ends before its pointer count; take the file from WordNet 3.0 again.")]
    [InlineData("00000002 45 v 01 go 0 000 | to go", "data.verb, line 1: there is no lexicographer file 45; take the file from WordNet 3.0 again.")]
    [InlineData("00000002 30 v 01 go 0 001 @ 00000002 x 0000 | to go", "data.verb, line 1: 'x' is not a part of speech; take the file from WordNet 3.0 again.")]
    public void A_wrong_line_is_named(string line, string sentence)
    {
        using TemporaryFolder folder = new();
        Write(folder, verb: line, adj: "00000001 00 s 01 whole(a) 0 000 | entire");
        DatasetException error = Assert.Throws<DatasetException>(() => WordNetImporter.Read(folder.Root, TestContext.Current.CancellationToken));
        Assert.Equal(folder[sentence], error.Message);
    }

    [Theory]
    [InlineData("00000002 30 v 01 go 0 001 @ 00000009 v 0000 | to go", "The synset 00000002 of data.verb points to verb 00000009, which does not exist; take the files from WordNet 3.0 again.")]
    [InlineData("00000002 30 v 01 go 0 001 ? 00000002 v 0000 | to go", "The synset 00000002 of data.verb has a pointer '?', which is not known; take the files from WordNet 3.0 again.")]
    [InlineData("00000002 05 v 01 go 0 000 | to go", "The synset 00000002 of data.verb lies in noun.animal, which is of another part of speech.")]
    public void A_wrong_synset_is_named(string line, string sentence)
    {
        using TemporaryFolder folder = new();
        Write(folder, verb: line, adj: "00000001 00 s 01 whole(a) 0 000 | entire");
        Assert.Equal(sentence, Assert.Throws<DatasetException>(() => WordNetImporter.Read(folder.Root, TestContext.Current.CancellationToken)).Message);
    }

    private static void Write(TemporaryFolder folder, string verb, string adj)
    {
        folder.Write("data.noun", "00000001 03 n 01 entity 0 000 | what is");
        folder.Write("data.verb", verb);
        folder.Write("data.adj", adj);
        folder.Write("data.adv", "00000001 02 r 01 well 0 000 | in a good manner");
    }

    private static (int, int, int) Sizes(NodeTask task) =>
        (task.Splits.Count(split => split == Split.Train), task.Splits.Count(split => split == Split.Valid), task.Splits.Count(split => split == Split.Test));

    private static int TrainOf(NodeTask task, string name) =>
        Enumerable.Range(0, task.Labels.Length).Count(i => task.Splits[i] == Split.Train && task.Classes[task.Labels[i][0]] == name);
}
