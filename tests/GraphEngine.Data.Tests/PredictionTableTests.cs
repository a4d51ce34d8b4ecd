using GraphEngine.Graphs;
using Xunit;

namespace GraphEngine.Data.Tests;

/// <summary>What is no prediction of a task is not written as one; what predictions look like is tested with the command line.</summary>
public sealed class PredictionTableTests : IDisposable
{
    private static readonly NodeTask Topic = SmallDataset.Data.Tasks[0];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scores_and_ids_must_fit_the_task()
    {
        Refuses("There are 7 scores, not a multiple of the 2 classes of the task 'topic'; give every node a score per class.", Topic, null, new float[7]);
        Refuses("There are scores of 4 nodes, but the task 'topic' has 3; give scores of all of them.", Topic, null, new float[8]);
        Refuses("There are 5 ids, but scores of 3 nodes; give an id per node, or none at all.", Topic, ["a", "b", "c", "d", "e"], new float[6]);
        Refuses("The id of node 1 is null; give an id per node, or none at all.", Topic, ["a", null!, "c"], new float[6]);
        Refuses("The score of node 1 for the class 'blue' is NaN; scores must be finite numbers, so look for a model that has diverged.", Topic, null, [1, 2, 3, float.NaN, 5, 6]);
        Refuses("The task 'topic' has no classes to predict; name at least one.", Topic with { Classes = [] }, null, []);
        Write(Topic, ["a", "b", "c"], new float[6]);
        Write(Topic with { Labels = [], Splits = [] }, null, new float[4]);
    }

    // A window's thread runs what is posted to it when it is free again; here it never is.
    [Fact]
    public void Files_are_written_from_a_thread_that_runs_nothing_that_is_posted_to_it()
    {
        const int nodes = 60_000;
        Random random = new(1);
        GraphData data = SmallDataset.Data with
        {
            Graph = new HeteroGraph(new GraphSchema([new NodeType("paper", 16)], [new EdgeType("cites", "paper", "paper")]), [nodes], [new EdgeList([0], [1])]),
            Features = [new FeatureMatrix(16, [.. Enumerable.Range(0, nodes * 16).Select(_ => random.NextSingle())])],
            Ids = [null],
            Tasks = [],
        };
        Exception? failure = null;
        bool isKept = false;
        Thread window = new(() =>
        {
            Frozen frozen = new();
            SynchronizationContext.SetSynchronizationContext(frozen);
            failure = Record.Exception(() =>
            {
                DatasetFolder.Write(data, _folder["data"], cancellation: TestContext.Current.CancellationToken);
                Write(Topic with { Labels = [], Splits = [] }, null, [.. data.Features[0]!.Values.Take(100_000)]);
                DatasetFolder.Read(_folder["data"], TestContext.Current.CancellationToken);
            });
            isKept = SynchronizationContext.Current == frozen;
        })
        { IsBackground = true };
        window.Start();
        Assert.True(window.Join(TimeSpan.FromSeconds(60)), "It waits for itself.");
        Assert.Null(failure);
        Assert.True(isKept);
    }

    private void Refuses(string sentence, NodeTask task, string[]? ids, float[] scores) =>
        Assert.StartsWith(sentence, Assert.Throws<ArgumentException>(() => Write(task, ids, scores)).Message, StringComparison.Ordinal);

    private void Write(NodeTask task, string[]? ids, float[] scores) => PredictionTable.Write(_folder["p.parquet"], task, ids, scores, TestContext.Current.CancellationToken);

    private sealed class Frozen : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
