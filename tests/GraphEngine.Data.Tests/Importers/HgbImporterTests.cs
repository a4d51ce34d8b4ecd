using GraphEngine.Data.Importers.Hgb;
using GraphEngine.Graphs;
using Xunit;

namespace GraphEngine.Data.Tests.Importers;

public sealed class HgbImporterTests
{
    private const string Nodes = "0\tp0\t0\t1,0.5\n1\tp1\t0\t0,1\n2\ta0\t1\n", Links = "0\t2\t5\t1.0\n1\t2\t5\t1.0\n2\t0\t7\t1.0\n";

    [Fact]
    public void Acm_has_its_counts()
    {
        GraphData data = HgbImporter.Read(SharedDatasets.Require("hgb-acm", "ACM.zip"), TestContext.Current.CancellationToken).Data;
        HeteroGraph graph = data.Graph;
        Assert.Equal(
            [("paper", 3_025, 1_902), ("author", 5_959, 1_902), ("subject", 56, 1_902), ("term", 1_902, 0)],
            graph.Schema.NodeTypes.Select((type, t) => (type.Name, graph.NodeCountOf(t), type.Features)));
        Assert.Equal([5_343, 5_343, 9_949, 9_949, 3_025, 3_025, 255_619, 255_619], Enumerable.Range(0, 8).Select(r => graph.EdgesOf(r).Count));
        Assert.Equal(547_872, graph.EdgeCount);
        NodeTask task = Assert.Single(data.Tasks);
        Assert.Equal(["database", "wireless communication", "data mining"], task.Classes);
        Assert.Equal([714, 677, 727], Labels(task, split => split == Split.Test));
        Assert.Equal([280, 293, 334], Labels(task, split => split is Split.Train or Split.Valid));
        Assert.Equal([56, 59, 67], Labels(task, split => split == Split.Valid));
    }

    [Fact]
    public void The_validation_split_depends_on_the_seed_alone()
    {
        string source = SharedDatasets.Require("hgb-acm", "ACM.zip");
        Split[] first = HgbImporter.Read(source, 1, TestContext.Current.CancellationToken).Data.Tasks[0].Splits;
        Assert.Equal(first, HgbImporter.Read(source, 1, TestContext.Current.CancellationToken).Data.Tasks[0].Splits);
        Assert.NotEqual(first, HgbImporter.Read(source, 2, TestContext.Current.CancellationToken).Data.Tasks[0].Splits);
    }

    [Fact]
    public void Labels_may_be_several_and_names_may_be_missing()
    {
        using TemporaryFolder folder = Folder("", "");
        folder.Write("label.dat", "0\t\t0\t1,3");
        folder.Write("label.dat.test", "1\t\t0\t0");
        GraphData data = HgbImporter.Read(folder.Root, TestContext.Current.CancellationToken).Data;
        Assert.Equal([new NodeType("type0", 2), new NodeType("type1")], data.Graph.Schema.NodeTypes);
        Assert.Equal([new EdgeType("relation5", "type0", "type1"), new EdgeType("relation7", "type1", "type0")], data.Graph.Schema.EdgeTypes);
        Assert.Equal([1, 0.5f, 0, 1], data.Features[0]!.Values);
        Assert.True(data.Tasks[0].MultiLabel);
        Assert.Equal([[1, 3], [0]], data.Tasks[0].Labels);
        Assert.Equal(4, data.Tasks[0].Classes.Count);
    }

    // Names become names of files and columns.
    [Fact]
    public void Names_in_other_alphabets_and_names_of_two_types_are_replaced()
    {
        using TemporaryFolder folder = Folder("info.dat", """{"node.dat": {"node type": {"0": "作者", "1": "作者"}}, "link.dat": {"link type": {"5": {"meaning": "a→b"}, "7": {"meaning": "a b"}}}}""");
        GraphSchema schema = HgbImporter.Read(folder.Root, TestContext.Current.CancellationToken).Data.Graph.Schema;
        Assert.Equal(["type0", "type1"], schema.NodeTypes.Select(t => t.Name));
        Assert.Equal(["a-b", "a-b-7"], schema.EdgeTypes.Select(t => t.Name));
        folder.Write("info.dat", """{"node.dat": {"node type": {"0": "author", "1": "Author"}}}""");
        Assert.Equal(["author", "Author-1"], HgbImporter.Read(folder.Root, TestContext.Current.CancellationToken).Data.Graph.Schema.NodeTypes.Select(t => t.Name));
    }

    [Fact]
    public void Several_labels_are_a_matter_of_each_node_type()
    {
        using TemporaryFolder folder = Folder("", "");
        folder.Write("label.dat", "0\t\t0\t1,3,3\n2\t\t1\t2");
        folder.Write("label.dat.test", "1\t\t0\t0");
        NodeTask[] tasks = [.. HgbImporter.Read(folder.Root, TestContext.Current.CancellationToken).Data.Tasks];
        Assert.Equal([true, false], tasks.Select(t => t.MultiLabel));
        Assert.Equal([[1, 3], [0]], tasks[0].Labels);
    }

    [Theory]
    [InlineData("node.dat", "0 p0 0", "@/node.dat, line 1: there are 1 columns instead of id, name, type and perhaps features; separate them by tabs.")]
    [InlineData("node.dat", "x\tp0\t0", "@/node.dat, line 1: the id 'x' is not a number.")]
    [InlineData("node.dat", "0\tp0\tpaper", "@/node.dat, line 1: the type 'paper' is not a number up to 1000.")]
    [InlineData("node.dat", "0\tp0\t0\n0\tp1\t0", "@/node.dat, line 2: the id 0 occurs twice; give each node its own id.")]
    [InlineData("node.dat", "0\tp0\t0\t1,2\n1\tp1\t0\t1", "@/node.dat, line 2: there are 1 features, but the nodes of type 0 before have 2; give all nodes of a type the same.")]
    [InlineData("node.dat", "0\tp0\t0\t1,NaN", "@/node.dat, line 1: the feature 'NaN' is not a finite number.")]
    [InlineData("node.dat", "", "@/node.dat holds no node; give a file with at least one.")]
    [InlineData("link.dat", "0\t2", "@/link.dat, line 1: there are 2 columns instead of source, target, type and perhaps weight; separate them by tabs.")]
    [InlineData("link.dat", "0\t9\t5\t1.0", "@/link.dat, line 1: the node '9' is not in node.dat; remove the line or take the file that belongs to it.")]
    [InlineData("link.dat", "0\t2\tx\t1.0", "@/link.dat, line 1: the edge type 'x' is not a number.")]
    [InlineData("link.dat", "0\t2\t5\t1.0\n2\t0\t5\t1.0", "@/link.dat, line 2: the edge type 5 joins the node types 1 and 0 here, but 0 and 1 before; give it its own type.")]
    [InlineData("label.dat", "0\t\t0", "@/label.dat, line 1: there are 3 columns instead of id, name, type and class; separate them by tabs.")]
    [InlineData("label.dat", "0\t\t1\t0", "@/label.dat, line 1: the node 0 has the type '1' here but 0 in node.dat; correct one of them.")]
    [InlineData("label.dat", "0\t\t0\tred", "@/label.dat, line 1: the class 'red' is not a number up to 100000.")]
    [InlineData("label.dat.test", "0\t\t0\t0", "@/label.dat.test, line 1: the node 0 already has a label; keep one line per node.")]
    [InlineData("info.dat", "{", "@/info.dat is not JSON: line 1 cannot be read; repair or remove it.")]
    public void A_broken_source_is_refused_with_a_sentence(string file, string text, string sentence)
    {
        using TemporaryFolder folder = Folder(file, text);
        DatasetException error = Assert.Throws<DatasetException>(() => HgbImporter.Read(folder.Root, TestContext.Current.CancellationToken));
        Assert.Equal(sentence, error.Message.Replace(folder.Root, "@", StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using TemporaryFolder folder = new();
        folder.Write("node.dat", Nodes);
        DatasetException error = Assert.Throws<DatasetException>(() => HgbImporter.Read(folder.Root, TestContext.Current.CancellationToken));
        Assert.Equal($"{folder.Root} has no link.dat; it has node.dat.", error.Message);
    }

    private static TemporaryFolder Folder(string file, string text)
    {
        TemporaryFolder folder = new();
        folder.Write("node.dat", Nodes);
        folder.Write("link.dat", Links);
        folder.Write("label.dat", "0\t\t0\t1");
        folder.Write("label.dat.test", "1\t\t0\t0");
        if (file.Length > 0)
            folder.Write(file, text);
        return folder;
    }

    private static IEnumerable<int> Labels(NodeTask task, Func<Split, bool> part) => Enumerable.Range(0, task.Classes.Count)
        .Select(label => Enumerable.Range(0, task.Labels.Length).Count(i => part(task.Splits[i]) && task.Labels[i].Contains(label)));
}
