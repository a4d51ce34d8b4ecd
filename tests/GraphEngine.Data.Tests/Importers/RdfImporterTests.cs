using GraphEngine.Data.Importers.Rdf;
using GraphEngine.Graphs;
using Xunit;

namespace GraphEngine.Data.Tests.Importers;

public sealed class RdfImporterTests
{
    [Theory]
    [InlineData("aifb", 8_285, 29_043, 45, 4, 140, 36)]
    [InlineData("mutag", 23_644, 74_227, 23, 2, 272, 68)]
    public void A_published_set_has_its_counts(string name, int nodes, int edges, int relations, int classes, int train, int test)
    {
        GraphData data = RdfImporter.Read(SharedDatasets.Require(name), TestContext.Current.CancellationToken).Data;
        Assert.Equal((nodes, edges, relations), (data.Graph.NodeCount, data.Graph.EdgeCount, data.Graph.Schema.EdgeTypes.Count));
        NodeTask task = Assert.Single(data.Tasks);
        Assert.Equal(classes, task.Classes.Count);
        Assert.Equal((train, 0, test), (Count(task, Split.Train), Count(task, Split.Valid), Count(task, Split.Test)));
    }

    [Fact]
    public void Aifb_has_its_kinds_of_nodes_and_labels()
    {
        GraphData data = RdfImporter.Read(SharedDatasets.Require("aifb"), TestContext.Current.CancellationToken).Data;
        Assert.Equal(5_450, data.Ids[0]!.Count(id => id[0] == '"'));
        Assert.Equal(152, data.Ids[0]!.Count(id => id.StartsWith("_:", StringComparison.Ordinal)));
        Assert.Equal("affiliation", data.Tasks[0].Name);
        Assert.Equal([15, 28, 60, 73], Labels(data.Tasks[0], null).Order());
        Assert.Equal([12, 22, 48, 58], Labels(data.Tasks[0], Split.Train).Order());
        Assert.Equal([3, 6, 12, 15], Labels(data.Tasks[0], Split.Test).Order());
    }

    [Fact]
    public void Mutag_has_its_relations_and_labels()
    {
        GraphData data = RdfImporter.Read(SharedDatasets.Require("mutag"), TestContext.Current.CancellationToken).Data;
        Assert.Equal(1_104, data.Ids[0]!.Count(id => id[0] == '"'));
        Assert.Equal(22_534, data.Graph.EdgesOf(data.Graph.Schema.EdgeTypeIndex("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")).Count);
        Assert.Equal(["0", "1"], data.Tasks[0].Classes);
        Assert.Equal([166, 106], Labels(data.Tasks[0], Split.Train));
        Assert.Equal([45, 23], Labels(data.Tasks[0], Split.Test));
    }

    [Fact]
    public void Triples_are_a_set_and_labels_need_no_order()
    {
        using TemporaryFolder folder = new();
        folder.Write("g.nt", "<a:x> <a:p> <a:y> .", "<a:x> <a:p> <a:y> .", "# end", "<a:y> <a:q> \"z\" .");
        folder.Write("trainingSet.tsv", "node\tid\tlabel_kind", "a:y\t1\tgood");
        folder.Write("testSet.tsv", "label_kind\tnode\tid", "bad\ta:x\t2");
        GraphData data = RdfImporter.Read(folder.Root, TestContext.Current.CancellationToken).Data;
        Assert.Equal(["a:x", "a:y", "\"z\""], data.Ids[0]!);
        Assert.Equal((2, 2), (data.Graph.EdgeCount, data.Graph.Schema.EdgeTypes.Count));
        Assert.Equal(["bad", "good"], data.Tasks[0].Classes);
        Assert.Equal([[0], [1], []], data.Tasks[0].Labels);
        Assert.Equal([Split.Test, Split.Train, Split.None], data.Tasks[0].Splits);
    }

    [Theory]
    [InlineData("g.nt", "<a:x> <a:p> <a:y> .\n<a:x> <a:p>", "@/g.nt, line 2: an object must be an IRI, a blank node or a literal (column 12); correct the line.")]
    [InlineData("testSet.tsv", "node\tid\tlabel_sort\na:x\t1\tbad", "@/testSet.tsv names the task 'sort', but trainingSet.tsv names it 'kind'; give both label columns one name.")]
    [InlineData("g.nt", "# nothing", "@/g.nt holds no triple; give a file with at least one.")]
    [InlineData("h.nt", "<a:x> <a:p> <a:y> .", "@ has 2 files that end in .nt or .nt.gz; give a folder with exactly one.")]
    [InlineData("trainingSet.tsv", "node\tid\tkind", "@/trainingSet.tsv, line 1: the header must name a column of nodes and a column label_TASK.")]
    [InlineData("trainingSet.tsv", "node\tid\tlabel_kind\na:x good", "@/trainingSet.tsv, line 2: there are 1 columns, but the header has 3; separate them by tabs.")]
    [InlineData("trainingSet.tsv", "node\tid\tlabel_kind\na:q\t1\tgood", "@/trainingSet.tsv, line 2: the node 'a:q' is not in the graph; remove the line or take the graph that belongs to it.")]
    [InlineData("trainingSet.tsv", "node\tid\tlabel_kind\na:y\t1\tgood\na:y\t2\tbad", "@/trainingSet.tsv, line 3: the node 'a:y' already has a label; keep one line per node.")]
    [InlineData("trainingSet.tsv", "", "@/trainingSet.tsv, line 1: the header must name a column of nodes and a column label_TASK.")]
    public void A_broken_source_is_refused_with_a_sentence(string file, string text, string sentence)
    {
        using TemporaryFolder folder = new();
        folder.Write("g.nt", "<a:x> <a:p> <a:y> .");
        folder.Write("trainingSet.tsv", "node\tid\tlabel_kind", "a:y\t1\tgood");
        folder.Write("testSet.tsv", "node\tid\tlabel_kind", "a:x\t1\tbad");
        folder.Write(file, text.Split('\n'));
        DatasetException error = Assert.Throws<DatasetException>(() => RdfImporter.Read(folder.Root, TestContext.Current.CancellationToken));
        Assert.Equal(sentence, error.Message.Replace(folder.Root, "@", StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_gzip_is_refused_with_a_sentence()
    {
        using TemporaryFolder folder = new();
        folder.Write("g.nt.gz", "<a:x> <a:p> <a:y> .");
        DatasetException error = Assert.Throws<DatasetException>(() => RdfImporter.Read(folder.Root, TestContext.Current.CancellationToken));
        Assert.Equal($"{folder["g.nt.gz"]} cannot be unpacked: it is truncated or damaged; fetch it again.", error.Message);
    }

    private static int Count(NodeTask task, Split split) => task.Splits.Count(s => s == split);

    private static IEnumerable<int> Labels(NodeTask task, Split? split) => Enumerable.Range(0, task.Classes.Count)
        .Select(label => Enumerable.Range(0, task.Labels.Length).Count(i => (split is null || task.Splits[i] == split) && task.Labels[i].Contains(label)));
}
