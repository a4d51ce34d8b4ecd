using GraphEngine.Graphs;
using Xunit;

namespace GraphEngine.Data.Tests;

/// <summary>
/// Every way in which a data set made in memory can contradict itself, each with the sentence that says so. What is written and exported is held to
/// the same rules.
/// </summary>
public sealed class GraphDataCheckTests : IDisposable
{
    private static readonly GraphData Whole = SmallDataset.Data;

    private static readonly Dictionary<string, (GraphData Data, string Sentence)> Cases = new()
    {
        ["no features"] = (Whole with { Features = null! }, "The data set 'small' lacks a part: its name, licence, source, graph, features, ids or tasks are null; use empty texts, and lists with an entry per node type."),
        ["too few matrices"] = (Whole with { Features = [null] }, "The data set 'small' has 1 feature matrices, but 2 node types; give an entry per node type, null where one has no features."),
        ["too many matrices"] = (Whole with { Features = [.. Whole.Features, new FeatureMatrix(1, [1])] }, "The data set 'small' has 3 feature matrices, but 2 node types; give an entry per node type, null where one has no features."),
        ["too few lists of ids"] = (Whole with { Ids = [null] }, "The data set 'small' has 1 lists of ids, but 2 node types; give an entry per node type, null where one has no ids."),
        ["too few ids"] = (Whole with { Ids = [["a"], null] }, "The data set 'small', node type 'paper': there are 1 ids, but 3 nodes; give one per node."),
        ["declared features missing"] = (Features(null), "The data set 'small', node type 'paper': there are no features, but 2 are declared; give a matrix, or declare 0."),
        ["undeclared features"] = (Whole with { Features = [Whole.Features[0], new FeatureMatrix(1, [1, 2])] }, "The data set 'small', node type 'author': there are features, but none are declared; declare their width, or leave them out."),
        ["another width"] = (Features(new FeatureMatrix(3, new float[9])), "The data set 'small', node type 'paper': the features are 3 wide, but 2 are declared; they must agree."),
        ["width 0"] = (Features(new FeatureMatrix(0, [])), "The data set 'small', node type 'paper': the features are 0 wide, but 2 are declared; they must agree."),
        ["negative width"] = (Features(new FeatureMatrix(-2, new float[6])), "The data set 'small', node type 'paper': the features are -2 wide, but 2 are declared; they must agree."),
        ["negative declaration"] = (Declared(new NodeType("paper", -2)), "The data set 'small' gives the node type 'paper' -2 features; use 0 for none."),
        ["no values"] = (Features(new FeatureMatrix(2, null!)), "The data set 'small', node type 'paper': the matrix of features has no values; give 3 rows of 2."),
        ["too few rows"] = (Features(new FeatureMatrix(2, new float[4])), "The data set 'small', node type 'paper': there are 2 rows of features, but 3 nodes; give one per node."),
        ["ragged rows"] = (Features(new FeatureMatrix(2, new float[7])), "The data set 'small', node type 'paper': there are 7 elements of features, not a multiple of the width 2; give every node a whole row."),
        ["infinite feature"] = (Features(new FeatureMatrix(2, [1, 2, 3, float.NegativeInfinity, 5, 6])), "The data set 'small', node type 'paper', features of node 1: element 1 is -Infinity; features must be finite numbers."),
        ["one task twice"] = (Whole with { Tasks = [Whole.Tasks[0], Whole.Tasks[0]] }, "The data set 'small' declares the task 'topic' twice; give each task its own name."),
        ["task of an unknown node type"] = (Task(t => t with { NodeType = "book" }), "The data set 'small' puts the task 'topic' on the node type 'book', which it does not declare; declare it or correct the name."),
        ["no classes"] = (Task(t => t with { Classes = [], MultiLabel = true }), "The data set 'small' gives the task 'topic' no classes; name at least one."),
        ["class twice"] = (Task(t => t with { Classes = ["red", "red"] }), "The data set 'small' names the class 'red' of the task 'topic' twice; give each class its own name."),
        ["class of two lines"] = (Task(t => t with { Classes = ["red", "dark\u2029blue"] }), "The data set 'small' names the class 'dark\u2029blue' of the task 'topic', which has a control character or one that ends a line; use another name."),
        ["task of two lines"] = (Task(t => t with { Name = "to\u2028pic" }), "The data set 'small' declares the task 'to\u2028pic', whose name has a control character or one that ends a line; use letters, digits, '-' and '_'."),
        ["task without classes"] = (Task(t => t with { Classes = null! }), "The data set 'small' has a task without a name, a node type or classes; give it all three."),
        ["labels that are null"] = (Task(t => t with { Labels = null! }), "The data set 'small', task 'topic': labels or parts are null; give one of each per node of the type 'paper', an empty list and none where there is no label."),
        ["label that is null"] = (Task(t => t with { Labels = [[0], null!, []] }), "The data set 'small', task 'topic', label of node 1: there is no list of classes; give an empty one for no label."),
        ["too few labels"] = (Task(t => t with { Labels = [[0]] }), "The data set 'small', task 'topic': there are labels of 1 nodes and parts of 3, but 3 nodes of the type 'paper'; give one of each per node."),
        ["too few parts"] = (Task(t => t with { Splits = [] }), "The data set 'small', task 'topic': there are labels of 3 nodes and parts of 0, but 3 nodes of the type 'paper'; give one of each per node."),
        ["unknown class"] = (Task(t => t with { Labels = [[0], [2], []] }), "The data set 'small', task 'topic', label of node 1: there is no class 2; the task 'topic' has the classes 0 to 1."),
        ["two labels of one"] = (Task(t => t with { Labels = [[0, 1], [1], []] }), "The data set 'small', task 'topic', label of node 0: there are 2 classes, but the task is not multi-label; declare it so or keep one class."),
        ["unknown part"] = (Task(t => t with { Splits = [Split.Train, (Split)9, Split.None] }), "The data set 'small', task 'topic', part of node 1: there is no part 9; use train, valid, test or none."),
        ["part without a label"] = (Task(t => t with { Splits = [Split.Train, Split.Test, Split.Valid] }), "The data set 'small', task 'topic', part of node 2: the node is in 'valid' but has no label; give it one or use 'none'."),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Cases.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Names))]
    public void What_contradicts_itself_is_refused_with_a_sentence(string name)
    {
        (GraphData data, string sentence) = Cases[name];
        Assert.Equal(sentence, Assert.Throws<ArgumentException>(data.Check).Message);
        Assert.Equal(sentence, Assert.Throws<DatasetException>(() => DatasetExport.ToSafetensors(data, _folder["x.safetensors"])).Message);
        Assert.Equal(sentence, Assert.Throws<DatasetException>(() => DatasetFolder.Write(data, _folder["data"], cancellation: TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void A_whole_data_set_passes()
    {
        Whole.Check();
        Assert.Throws<ArgumentNullException>(() => ((GraphData)null!).Check());
    }

    [Fact]
    public void Names_that_do_not_stay_in_their_line_are_refused()
    {
        foreach (char c in "\n\r\u0085\u2028\u2029\0")
            Assert.Contains("ends a line", Assert.Throws<ArgumentException>(() => Task(t => t with { Name = $"a{c}b" }).Check()).Message, StringComparison.Ordinal);
        Task(t => t with { Name = "ñ 'x'" }).Check();
    }

    private static GraphData Features(FeatureMatrix? papers) => Whole with { Features = [papers, null] };

    private static GraphData Task(Func<NodeTask, NodeTask> change) => Whole with { Tasks = [change(Whole.Tasks[0])] };

    private static GraphData Declared(NodeType papers) => Whole with { Graph = new HeteroGraph(new GraphSchema([papers, new NodeType("author")], []), [3, 2], []), Tasks = [] };
}
