using CsCheck;
using GraphEngine.Graphs;
using Xunit;

namespace GraphEngine.Data.Tests;

public sealed class DatasetFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_reads_back_equal() => RandomData.Any.Sample(
        data =>
        {
            string path = _folder["data"];
            DatasetFolder.Write(data, path, cancellation: TestContext.Current.CancellationToken);
            AssertEqual(data, DatasetFolder.Read(path, TestContext.Current.CancellationToken));
        },
        iter: 60,
        threads: 1);

    [Fact]
    public void Tables_of_several_row_groups_read_back_equal()
    {
        const int nodes = 70_000, width = 40;
        Random random = new(1);
        float[] values = [.. Enumerable.Range(0, nodes * width).Select(_ => random.NextSingle())];
        GraphSchema schema = new([new NodeType("a", width)], [new EdgeType("e", "a", "a")]);
        EdgeList edges = new([.. Enumerable.Range(0, 600_000).Select(_ => random.Next(nodes))], [.. Enumerable.Range(0, 600_000).Select(_ => random.Next(nodes))]);
        int[][] labels = [.. Enumerable.Range(0, nodes).Select(i => (int[])[.. Enumerable.Range(0, i % 4)])];
        GraphData data = new("big", "", "", new HeteroGraph(schema, [nodes], [edges]), [new FeatureMatrix(width, values)], [[.. Enumerable.Range(0, nodes).Select(i => $"n{i}")]],
            [new NodeTask("t", "a", ["0", "1", "2"], MultiLabel: true, labels, new Split[nodes])]);
        DatasetFolder.Write(data, _folder["data"], cancellation: TestContext.Current.CancellationToken);
        AssertEqual(data, DatasetFolder.Read(_folder["data"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Writing_twice_gives_the_same_bytes()
    {
        GraphData data = SmallDataset.Data;
        DatasetFolder.Write(data, _folder["a"], cancellation: TestContext.Current.CancellationToken);
        DatasetFolder.Write(data, _folder["b"], cancellation: TestContext.Current.CancellationToken);
        foreach (string file in Directory.EnumerateFiles(_folder["a"], "*", SearchOption.AllDirectories))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(file.Replace(_folder["a"], _folder["b"], StringComparison.Ordinal)));
    }

    [Fact]
    public void A_new_version_replaces_the_old_and_keeps_what_lies_beside_it()
    {
        string path = _folder["data"];
        DatasetFolder.Write(SmallDataset.Data, path, cancellation: TestContext.Current.CancellationToken);
        _folder.Write("data/README.md", "kept");
        _folder.Write("data/results/run1/scores.tsv", "kept too");
        _folder.Write("data/nodes/notes.txt", "and this");
        Directory.CreateDirectory(_folder["data", "empty"]);
        File.CreateSymbolicLink(_folder["data", "link"], "README.md");
        GraphData smaller = SmallDataset.Data with { Name = "new", Tasks = [] };
        DatasetFolder.Write(smaller, path, new Dictionary<string, string> { ["LICENSE"] = "terms" }, TestContext.Current.CancellationToken);
        AssertEqual(smaller, DatasetFolder.Read(path, TestContext.Current.CancellationToken));
        Assert.Equal("kept\n", File.ReadAllText(_folder["data", "README.md"]));
        Assert.Equal("kept too\n", File.ReadAllText(_folder["data", "results", "run1", "scores.tsv"]));
        Assert.Equal("and this\n", File.ReadAllText(_folder["data", "nodes", "notes.txt"]));
        Assert.True(Directory.Exists(_folder["data", "empty"]));
        Assert.Equal("README.md", new FileInfo(_folder["data", "link"]).LinkTarget);
        Assert.Equal("terms", File.ReadAllText(_folder["data", "LICENSE"]));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Root));
    }

    [Fact]
    public void A_link_to_a_data_set_stays_one_and_modes_are_kept()
    {
        if (OperatingSystem.IsWindows())
            return;
        string real = _folder["real"], link = _folder["link"];
        DatasetFolder.Write(SmallDataset.Data, real, cancellation: TestContext.Current.CancellationToken);
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(Path.Combine(real, "notes"));
        File.SetUnixFileMode(real, mode);
        File.SetUnixFileMode(Path.Combine(real, "notes"), mode);
        Directory.CreateSymbolicLink(link, real);
        DatasetFolder.Write(SmallDataset.Data with { Name = "new" }, link, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(real, new DirectoryInfo(link).LinkTarget);
        Assert.Equal("new", DatasetFolder.Read(real, TestContext.Current.CancellationToken).Name);
        Assert.Equal((mode, mode), (File.GetUnixFileMode(real), File.GetUnixFileMode(Path.Combine(real, "notes"))));
    }

    [Fact]
    public void The_current_folder_is_not_replaced() => Assert.Contains(
        "cannot be replaced from within", Assert.Throws<DatasetException>(() => DatasetFolder.Write(SmallDataset.Data, ".", cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);

    [Fact]
    public void Folders_beside_the_target_are_left_alone()
    {
        string path = _folder["data"];
        _folder.Write("data.old/backup.txt", "mine");
        _folder.Write("data.partial/draft.txt", "mine too");
        for (int i = 0; i < 2; i++)
            DatasetFolder.Write(SmallDataset.Data, path, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal("mine\n", File.ReadAllText(_folder["data.old", "backup.txt"]));
        Assert.Equal("mine too\n", File.ReadAllText(_folder["data.partial", "draft.txt"]));
        Assert.Equal(3, Directory.GetFileSystemEntries(_folder.Root).Length);
    }

    [Fact]
    public void A_cancelled_write_leaves_the_old_version_and_nothing_else()
    {
        string path = _folder["data"];
        DatasetFolder.Write(SmallDataset.Data, path, cancellation: TestContext.Current.CancellationToken);
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetFolder.Write(SmallDataset.Data with { Name = "new" }, path, cancellation: new CancellationToken(canceled: true)));
        AssertEqual(SmallDataset.Data, DatasetFolder.Read(path, TestContext.Current.CancellationToken));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Root));
    }

    [Fact]
    public void A_folder_of_something_else_is_not_overwritten()
    {
        _folder.Write("data/photo.txt", "precious");
        DatasetException error = Assert.Throws<DatasetException>(() => DatasetFolder.Write(SmallDataset.Data, _folder["data"], cancellation: TestContext.Current.CancellationToken));
        Assert.Equal($"{_folder["data"]} is not empty and holds no data set; choose a new folder.", error.Message);
    }

    private static void AssertEqual(GraphData expected, GraphData actual)
    {
        Assert.Equal((expected.Name, expected.Licence, expected.Source), (actual.Name, actual.Licence, actual.Source));
        GraphSchema schema = expected.Graph.Schema;
        Assert.Equal(schema.NodeTypes, actual.Graph.Schema.NodeTypes);
        Assert.Equal(schema.EdgeTypes, actual.Graph.Schema.EdgeTypes);
        for (int t = 0; t < schema.NodeTypes.Count; t++)
        {
            Assert.Equal(expected.Graph.NodeCountOf(t), actual.Graph.NodeCountOf(t));
            Assert.Equal(expected.Features[t]?.Values, actual.Features[t]?.Values);
            Assert.Equal(expected.Ids[t], actual.Ids[t]);
        }
        for (int r = 0; r < schema.EdgeTypes.Count; r++)
        {
            Assert.Equal(expected.Graph.EdgesOf(r).Sources, actual.Graph.EdgesOf(r).Sources);
            Assert.Equal(expected.Graph.EdgesOf(r).Targets, actual.Graph.EdgesOf(r).Targets);
        }
        Assert.Equal(expected.Tasks.Count, actual.Tasks.Count);
        foreach ((NodeTask task, NodeTask read) in expected.Tasks.Zip(actual.Tasks))
        {
            Assert.Equal((task.Name, task.NodeType, task.MultiLabel), (read.Name, read.NodeType, read.MultiLabel));
            Assert.Equal(task.Classes, read.Classes);
            Assert.Equal(task.Labels, read.Labels);
            Assert.Equal(task.Splits, read.Splits);
        }
    }
}
