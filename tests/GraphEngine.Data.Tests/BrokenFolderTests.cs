using System.Text.RegularExpressions;
using Xunit;
using static GraphEngine.Data.Tests.ParquetFixture;

namespace GraphEngine.Data.Tests;

/// <summary>Every way in which a dataset folder can be wrong, each with the sentence that says so. @ stands for the folder.</summary>
public sealed class BrokenFolderTests : IDisposable
{
    private static readonly Dictionary<string, (Action<string> Break, string Sentence)> Cases = new()
    {
        ["no folder"] = (f => Directory.Delete(f, true), "There is no folder @; give the path of a dataset folder."),
        ["no graph.json"] = (f => File.Delete(f + "/graph.json"), "@ is not a dataset folder: it has no graph.json; give the path of one, or import the data first."),
        ["not JSON"] = (f => File.WriteAllText(f + "/graph.json", "{\n\"format\" 1}"), "@/graph.json is not JSON: line 2, byte 10 cannot be read; repair it there."),
        ["not UTF-8"] = (f => File.WriteAllBytes(f + "/graph.json", [.. "{\"name\": \""u8, 0xE5, .. "\"}"u8]), "@/graph.json is not UTF-8 text; save it in that encoding."),
        ["not an object"] = (f => File.WriteAllText(f + "/graph.json", "[]"), "@/graph.json must hold one JSON object."),
        ["a key twice"] = (Json("\"name\": \"small\"", "\"name\": \"small\", \"name\": \"small\""), "@/graph.json has a key twice; keep one of them."),
        ["other format"] = (Json("\"format\": 1", "\"format\": 2"), "@/graph.json says format 2, but this version reads format 1; import the data set again."),
        ["format of a wrong kind"] = (Json("\"format\": 1", "\"format\": \"1\""), "@/graph.json has a 'format' of the data set that is not a whole number below 2^31."),
        ["missing key"] = (Json("\"licence\": \"free\",", ""), "@/graph.json lacks the key 'licence' of the data set."),
        ["missing key of a node type"] = (Json("\"count\": 3,\\s*\"features\": 2", "\"features\": 2"), "@/graph.json lacks the key 'count' of the node type 'paper'."),
        ["tasks that are no list"] = (Json("\"tasks\": \\[[^~]*\\]\\s*\\}", "\"tasks\": {} }"), "@/graph.json has a 'tasks' of the data set that is not a list."),
        ["node type twice"] = (Json("\"author\"", "\"paper\""), "@/graph.json declares the node type 'paper' twice; give each node type its own name."),
        ["node type that is a path"] = (Json("\"author\"", "\"../author\""), "@/graph.json declares the node type '../author', which cannot name a file; use letters, digits, '-' and '_'."),
        ["node type of two lines"] = (Json("\"author\"", "\"au\\u2028thor\""), "@/graph.json declares the node type 'au\u2028thor', which cannot name a file; use letters, digits, '-' and '_'."),
        ["class of two lines"] = (Json("\"blue\"", "\"dark\\u0085blue\""), "@/graph.json names the class 'dark\u0085blue' of the task 'topic', which has a control character or one that ends a line; use another name."),
        ["node types that differ in case"] = (Json("\"author\"", "\"Paper\""), "@/graph.json declares the node type 'Paper' and another that differs only in case, which share a file on some systems; rename one."),
        ["edge type twice"] = (Json("\"cites\"", "\"writes\""), "@/graph.json declares the edge type 'writes' twice; give each edge type its own name."),
        ["unknown node type"] = (Json("\"source\": \"author\"", "\"source\": \"writer\""), "@/graph.json joins the edge type 'writes' to the node type 'writer', which it does not declare; declare it or correct the name."),
        ["negative count"] = (Json("\"count\": 3,\\s*\"features\": 2", "\"count\": -3, \"features\": 2"), "@/graph.json gives the node type 'paper' the count -3; a count cannot be negative."),
        ["task on an unknown node type"] = (Json("\"nodeType\": \"paper\"", "\"nodeType\": \"book\""), "@/graph.json puts the task 'topic' on the node type 'book', which it does not declare; declare it or correct the name."),
        ["task of another kind"] = (Json("node-classification", "regression"), "@/graph.json gives the task 'topic' the kind 'regression'; the only kind is 'node-classification'."),
        ["class twice"] = (Json("\"blue\"", "\"red\""), "@/graph.json names the class 'red' of the task 'topic' twice; give each class its own name."),
        ["no classes"] = (Json("\"red\",\\s*\"blue\"", ""), "@/graph.json gives the task 'topic' no classes; name at least one."),
        ["node table missing"] = (f => File.Delete(f + "/nodes/paper.parquet"), "@/nodes/paper.parquet is missing, but graph.json declares it; import or copy the data set again."),
        ["edge table missing"] = (f => File.Delete(f + "/edges/1.parquet"), "@/edges/1.parquet is missing, but graph.json declares it; import or copy the data set again."),
        ["empty file"] = (f => File.WriteAllBytes(f + "/edges/0.parquet", []), "@/edges/0.parquet cannot be read as Parquet: it is truncated or damaged; import or copy the data set again."),
        ["truncated file"] = (f => Truncate(f + "/nodes/paper.parquet"), "@/nodes/paper.parquet cannot be read as Parquet: it is truncated or damaged; import or copy the data set again."),
        ["text instead of Parquet"] = (f => File.WriteAllText(f + "/edges/0.parquet", "src,dst\n0,0\n"), "@/edges/0.parquet cannot be read as Parquet: it is truncated or damaged; import or copy the data set again."),
        ["too few nodes"] = (Json("\"count\": 3,\\s*\"features\": 2", "\"count\": 4, \"features\": 2"), "@/nodes/paper.parquet has 3 rows, but graph.json says 4; correct the one that is wrong."),
        ["too many edges"] = (f => Write(f + "/edges/1.parquet", Of("src", 1, 2, 0), Of("dst", 0, 0, 0)), "@/edges/1.parquet has 3 rows, but graph.json says 2; correct the one that is wrong."),
        ["missing column"] = (f => Write(f + "/edges/1.parquet", Of("src", 1, 2), Of("target", 0, 0)), "@/edges/1.parquet has no column 'dst'; it has 'src', 'target'."),
        ["wide indices"] = (f => Write(f + "/edges/1.parquet", Of("src", 1L, 2L), Of("dst", 0, 0)), "@/edges/1.parquet, column 'src': the type is int64, but int32 is needed; convert the column."),
        ["missing index"] = (f => Write(f + "/edges/1.parquet", Of("src", 1, 2), Optional<int>("dst", 0, null)), "@/edges/1.parquet, row 1, column 'dst': the value is missing; every row needs one."),
        ["index out of range"] = (f => Write(f + "/edges/1.parquet", Of("src", 1, 3), Of("dst", 0, 0)), "@/edges/1.parquet, row 1, column 'src': there is no node 3; the node type 'paper' has 3 nodes, numbered from 0."),
        ["negative index"] = (f => Write(f + "/edges/1.parquet", Of("src", 1, 2), Of("dst", -1, 0)), "@/edges/1.parquet, row 0, column 'dst': there is no node -1; the node type 'paper' has 3 nodes, numbered from 0."),
        ["infinite weight"] = (f => Write(f + "/edges/1.parquet", Of("src", 1, 2), Of("dst", 0, 0), Of("weight", 1f, float.PositiveInfinity)), "@/edges/1.parquet, row 1, column 'weight': the value is Infinity; weights must be finite numbers."),
        ["time of a wrong type"] = (f => Write(f + "/edges/1.parquet", Of("src", 1, 2), Of("dst", 0, 0), Of("time", 1, 2)), "@/edges/1.parquet, column 'time': the type is int32, but int64 is needed; convert the column."),
        ["NaN feature"] = (Papers(Lists<float>("x", [1, 2], [3, float.NaN], [5, 6])), "@/nodes/paper.parquet, row 1, column 'x': element 1 is NaN; features must be finite numbers."),
        ["ragged features"] = (Papers(Lists<float>("x", [1, 2], [3], [4, 5, 6])), "@/nodes/paper.parquet, row 1, column 'x': the list has 1 elements instead of 2; every row needs the width that graph.json declares."),
        ["missing list"] = (Papers(Lists<float>("x", [1, 2], [3, 4], null)), "@/nodes/paper.parquet, row 2, column 'x': the list has 0 elements instead of 2; every row needs the width that graph.json declares."),
        ["missing element"] = (Papers(Lists<float>("x", [1, 2], [3, null], [5, 6])), "@/nodes/paper.parquet, row 1, column 'x': the list has 1 elements instead of 2; every row needs the width that graph.json declares."),
        ["double features"] = (Papers(Lists<double>("x", [1, 2], [3, 4], [5, 6])), "@/nodes/paper.parquet, column 'x': the type is list<double>, but list<float> is needed; convert the column."),
        ["features that are no lists"] = (Papers(Of("x", 1f, 2f, 3f)), "@/nodes/paper.parquet, column 'x': the type is float, but list<float> is needed; convert the column."),
        ["undeclared features"] = (Json("\"features\": 2", "\"features\": 0"), "@/nodes/paper.parquet has the column 'x', but graph.json declares no features; declare their width or drop the column."),
        ["undeclared task"] = (Papers(Features, Of("y_colour", 0, 0, 0)), "@/nodes/paper.parquet has the column 'y_colour', but graph.json declares no such task on 'paper'; declare it or drop the column."),
        ["id twice"] = (Papers(Features, Text("id", "a", "b", "a")), "@/nodes/paper.parquet, row 2, column 'id': 'a' is already the id of row 0; give each node its own id."),
        ["missing id"] = (Papers(Features, Text("id", "a", null, "c")), "@/nodes/paper.parquet, row 1, column 'id': the value is missing; every row needs one."),
        ["numeric ids"] = (Papers(Features, Of("id", 1, 2, 3)), "@/nodes/paper.parquet, column 'id': the type is int32, but string is needed; convert the column."),
        ["no labels"] = (f => Write(f + "/nodes/paper.parquet", Features, Text("split_topic", "train", "test", "none")), "@/nodes/paper.parquet has no column 'y_topic'; it has 'x', 'split_topic'."),
        ["no splits"] = (f => Write(f + "/nodes/paper.parquet", Features, Of("y_topic", 0, 1, -1)), "@/nodes/paper.parquet has no column 'split_topic'; it has 'x', 'y_topic'."),
        ["label out of range"] = (Labelled(Of("y_topic", 0, 2, -1), "train", "test", "none"), "@/nodes/paper.parquet, row 1, column 'y_topic': there is no class 2; the task 'topic' has the classes 0 to 1."),
        ["unknown split"] = (Labelled(Of("y_topic", 0, 1, -1), "train", "testing", "none"), "@/nodes/paper.parquet, row 1, column 'split_topic': 'testing' is not a split; use train, valid, test or none."),
        ["split without a label"] = (Labelled(Of("y_topic", 0, 1, -1), "train", "test", "valid"), "@/nodes/paper.parquet, row 2, column 'split_topic': the node is in 'valid' but has no label; give it one or use 'none'."),
        ["lists for a single label"] = (Labelled(Lists<int>("y_topic", [0], [1], []), "train", "test", "none"), "@/nodes/paper.parquet, column 'y_topic': the type is list<int32>, but int32 is needed; convert the column."),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static Column Features => Lists<float>("x", [1, 2], [3, 4], [5, 6]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_broken_folder_is_refused_with_a_sentence(string name)
    {
        string path = _folder["data"];
        DatasetFolder.Write(SmallDataset.Data, path, cancellation: TestContext.Current.CancellationToken);
        DatasetFolder.Read(path, TestContext.Current.CancellationToken);
        Cases[name].Break(path);
        DatasetException error = Assert.Throws<DatasetException>(() => DatasetFolder.Read(path, TestContext.Current.CancellationToken));
        Assert.Equal(Cases[name].Sentence, error.Message.Replace(path, "@", StringComparison.Ordinal));
    }

    [Fact]
    public void Tables_of_other_tools_read_when_they_keep_the_contract()
    {
        string path = _folder["data"];
        DatasetFolder.Write(SmallDataset.Data, path, cancellation: TestContext.Current.CancellationToken);
        Write(path + "/nodes/paper.parquet", Optional<int>("y_topic", 0, 1, null), Text("note", "a", null, "b"), Features, Text("split_topic", "train", "test", null));
        Write(path + "/edges/1.parquet", Optional<int>("dst", 0, 0), Of("weight", 1f, 2f), Of("time", 5L, 6L), Of("src", 1, 2));
        Graphs.GraphData data = DatasetFolder.Read(path, TestContext.Current.CancellationToken);
        Assert.Equal([[0], [1], []], data.Tasks[0].Labels);
        Assert.Equal([Graphs.Split.Train, Graphs.Split.Test, Graphs.Split.None], data.Tasks[0].Splits);
        Assert.Equal([1, 2, 3, 4, 5, 6], data.Features[0]!.Values);
        Assert.Equal([1, 2], data.Graph.EdgesOf(1).Sources);
    }

    [Theory]
    [InlineData("nodes/paper.parquet")]
    [InlineData("edges/0.parquet")]
    [InlineData("graph.json")]
    public void A_damaged_byte_never_gets_past_as_anything_but_data_or_a_sentence(string name)
    {
        string path = _folder["data"], file = Path.Combine(path, name);
        DatasetFolder.Write(SmallDataset.Data, path, cancellation: TestContext.Current.CancellationToken);
        byte[] whole = File.ReadAllBytes(file);
        Random random = new(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, damaged);
            try
            {
                Assert.Equal(5, DatasetFolder.Read(path, TestContext.Current.CancellationToken).Graph.NodeCount);
            }
            catch (DatasetException error)
            {
                Assert.EndsWith(".", error.Message);
            }
        }
    }

    private static Action<string> Json(string pattern, string replacement) => folder =>
    {
        string file = folder + "/graph.json", text = File.ReadAllText(file), changed = new Regex(pattern).Replace(text, replacement, 1);
        Assert.NotEqual(text, changed);
        File.WriteAllText(file, changed);
    };

    private static Action<string> Papers(params Column[] columns) =>
        folder => Write(folder + "/nodes/paper.parquet", [.. columns, Of("y_topic", 0, 1, -1), Text("split_topic", "train", "test", "none")]);

    private static Action<string> Labelled(Column labels, params string[] splits) => folder => Write(folder + "/nodes/paper.parquet", Features, labels, Text("split_topic", splits));

    private static void Truncate(string file) => File.WriteAllBytes(file, File.ReadAllBytes(file)[..^20]);
}
