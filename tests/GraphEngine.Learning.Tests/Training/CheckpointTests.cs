using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Learning.Tests.Training;

/// <summary>Checkpoints are refused where weights or rows of tables would be those of something else, though all sizes are right.</summary>
public sealed class CheckpointTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 2, Patience = 0, Model = new ModelOptions { Hidden = 4 } };

    [Fact]
    public void Types_in_another_order_are_refused()
    {
        GraphData data = GroupedItems.Make(features: 5);
        HeteroGraph graph = data.Graph;
        int types = graph.Schema.EdgeTypes.Count;
        HeteroGraph turned = new(
            new GraphSchema(graph.Schema.NodeTypes, [.. graph.Schema.EdgeTypes.Reverse()]), [.. Enumerable.Range(0, graph.Schema.NodeTypes.Count).Select(graph.NodeCountOf)],
            [.. Enumerable.Range(0, types).Reverse().Select(graph.EdgesOf)]);
        Assert.Contains("other types of nodes or edges, or in another order", Refusal(data, data with { Graph = turned }), StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_in_another_order_are_refused()
    {
        GraphData data = GroupedItems.Make(features: 5);
        GraphData other = data with { Tasks = [data.Tasks[0] with { Classes = [.. data.Tasks[0].Classes.Reverse()] }] };
        Assert.Contains("other classes of the task", Refusal(data, other), StringComparison.Ordinal);
    }

    // Weights of relations serve on any graph of the schema, rows of nodes on one graph only.
    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    public void Other_edges_are_refused_where_nodes_have_rows_of_their_own(int features)
    {
        GraphData data = GroupedItems.Make(features);
        EdgeList first = data.Graph.EdgesOf(0);
        HeteroGraph turned = new(
            data.Graph.Schema, [.. Enumerable.Range(0, data.Graph.Schema.NodeTypes.Count).Select(data.Graph.NodeCountOf)],
            [new EdgeList([.. first.Sources.Reverse()], [.. first.Targets.Reverse()]), .. Enumerable.Range(1, data.Graph.Schema.EdgeTypes.Count - 1).Select(data.Graph.EdgesOf)]);
        string? refusal = Refusal(data, data with { Graph = turned });
        Assert.Equal(features == 0, refusal?.Contains("has other nodes or edges, or in another order", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void What_happened_in_every_epoch_is_kept_but_for_its_time()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "c.safetensors");
        List<EpochReport> told = [];
        Trainer.Train(GroupedItems.Make(features: 5), Options with { Epochs = 4 }, TestDevices.Cpu, new Told(told), save: offer => offer.Take().Write(path), cancel: TestContext.Current.CancellationToken);
        Assert.Equal(told.Select(e => e with { Milliseconds = 0 }), Checkpoint.Read(path).State.History);
        Assert.Equal([1, 2, 3, 4], told.Select(e => e.Epoch));
    }

    private sealed class Told(List<EpochReport> epochs) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => epochs.Add(value);
    }

    /// <summary>Why a checkpoint of one data set is refused for another one, to go on and to predict; null where it is not.</summary>
    private static string? Refusal(GraphData trained, GraphData other)
    {
        Checkpoint? checkpoint = null;
        Trainer.Train(trained, Options, TestDevices.Cpu, save: offer => checkpoint = offer.Take(), cancel: TestContext.Current.CancellationToken);
        using NodeClassifier classifier = Trainer.Prepare(other, Options, TestDevices.Cpu);
        string? going = Record.Exception(() => checkpoint!.Restore(classifier))?.Message, predicting = Record.Exception(() => checkpoint!.LoadBest(classifier))?.Message;
        Assert.Equal(going, predicting);
        return going;
    }
}
