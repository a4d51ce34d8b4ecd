using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Tensors;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Learning.Tests.Training;

/// <summary>Checkpoints are refused where weights or rows of tables would be those of something else, though all sizes are right.</summary>
public sealed class CheckpointTests
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() } };

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

    public static TheoryData<string, string, string> OtherSettings() => new()
    {
        { "rgcn", "aggregation", "Sum" }, { "rgcn", "bias", "false" }, { "rgcn", "layers", "1" }, { "rgcn", "selfLoop", "false" }, { "rgcn", "bases", "2" }, { "rgcn", "hidden", "6" },
        { "rgat", "withinRelation", "true" }, { "rgat", "sharedAttention", "true" }, { "rgat", "heads", "2" }, { "rgat", "averageHeads", "true" }, { "hgt", "normalize", "true" },
    };

    // Parameters of all of these have the same names and sizes, or lack some that the checkpoint has.
    [Theory, MemberData(nameof(OtherSettings))]
    public void Another_model_is_refused_by_its_setting(string model, string setting, string value)
    {
        ModelOptions trained = new() { Model = model, Hidden = 4, Layers = 2, Heads = 1 };
        ModelOptions other = Changed(trained, setting, value);
        GraphData data = GroupedItems.Make(features: 5);
        Checkpoint checkpoint = Train(data, Options with { Model = trained });
        foreach (Optimizer? optimizer in (Optimizer?[])[null, Options.CreateOptimizer()])
        {
            using NodeClassifier classifier = new(data, data.Tasks[0], other, TestDevices.Cpu, optimizer);
            InvalidDataException e = Assert.Throws<InvalidDataException>(() => checkpoint.LoadBest(classifier));
            Assert.Matches($"has the setting '{setting}' \\w+, but the model that is to take it has {value};", e.Message);
        }
        using NodeClassifier dropping = new(data, data.Tasks[0], trained with { Dropout = 0.5f }, TestDevices.Cpu, optimizer: null);
        checkpoint.LoadBest(dropping);
    }

    [Fact]
    public void A_run_goes_on_with_its_own_model_and_seed()
    {
        GraphData data = GroupedItems.Make(features: 5);
        Checkpoint checkpoint = Train(data, Options);
        string Refusal(TrainingOptions options) => Assert.Throws<InvalidDataException>(() => Trainer.Train(data, options, TestDevices.Cpu, resume: checkpoint, cancel: TestContext.Current.CancellationToken)).Message;
        Assert.Contains("begun with the seed 0, which decided its first values and decides what is dropped, but the settings have the seed 3;", Refusal(Options with { Seed = 3 }), StringComparison.Ordinal);
        Assert.Contains("the setting 'aggregation' Mean, but the model that is to take it has Sum;", Refusal(Options with { Model = Options.Model with { Aggregation = Aggregation.Sum } }), StringComparison.Ordinal);
        Assert.Equal(3, Trainer.Train(data, Options with { Epochs = 3, Rate = 0.02f, Patience = 5 }, TestDevices.Cpu, resume: checkpoint, cancel: TestContext.Current.CancellationToken).Epochs);
    }

    [Theory]
    [InlineData("best.layer7.weight", true)]
    [InlineData("layer7.weight", false)]
    public void Tensors_left_over_are_refused(string name, bool alsoToPredict)
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "c.safetensors");
        GraphData data = GroupedItems.Make(features: 5);
        Train(data, Options).Write(path);
        SafetensorsFile file = SafetensorsFile.Read(path);
        SafetensorsFile.Write(path, [.. file.Tensors, Tensor.Of(name, [1f])], file.Metadata);
        Checkpoint checkpoint = Checkpoint.Read(path);
        using NodeClassifier classifier = Trainer.Prepare(data, Options, TestDevices.Cpu);
        Assert.Contains($"has a tensor '{name}', which this model does not have", Assert.Throws<InvalidDataException>(() => checkpoint.Restore(classifier)).Message, StringComparison.Ordinal);
        Assert.Equal(alsoToPredict, Record.Exception(() => checkpoint.LoadBest(classifier)) is InvalidDataException);
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

    [Fact]
    public void A_checkpoint_that_is_kept_in_memory_stays_that_of_its_epoch()
    {
        List<Checkpoint> kept = [];
        Trainer.Train(GroupedItems.Make(features: 5), Options with { Epochs = 3 }, TestDevices.Cpu, save: offer => kept.Add(offer.Take()), cancel: TestContext.Current.CancellationToken);
        Assert.Equal([(1, 1), (2, 2), (3, 3)], kept.Select(c => (c.State.Epoch, c.State.History.Count)));
    }

    // The best epoch is not the last one: what a run goes on with and what predicts are both kept.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_checkpoint_after_training_is_the_last_one_offered(bool validates)
    {
        using TemporaryFolder folder = new();
        string offered = Path.Combine(folder.Path, "offered.safetensors"), after = Path.Combine(folder.Path, "after.safetensors");
        GraphData data = GroupedItems.Make(features: 5);
        if (!validates)
            data = data with { Tasks = [data.Tasks[0] with { Splits = [.. data.Tasks[0].Splits.Select(s => s == Split.Valid ? Split.None : s)] }] };
        TrainingOptions options = new() { Epochs = 60, Patience = 5, Rate = 0.3f, Model = new ModelOptions { Hidden = 4, Dropout = 0.8f } };
        using NodeClassifier model = Trainer.Prepare(data, options, TestDevices.Cpu);
        CheckpointOffer? kept = null;
        TrainingResult result = Trainer.Train(model, options, save: offer => (kept = offer).Take().Write(offered), cancel: TestContext.Current.CancellationToken);
        Assert.Equal(validates, result.BestEpoch < result.Epochs);
        Assert.Contains("This offer is over", Assert.Throws<InvalidOperationException>(() => kept!.Take()).Message, StringComparison.Ordinal);
        float[] scores = model.Scores();
        Checkpoint.Of(model, result).Write(after);
        Assert.Equal(File.ReadAllBytes(offered), File.ReadAllBytes(after));
        using NodeClassifier loaded = new(data, data.Tasks[0], options.Model, TestDevices.Cpu, optimizer: null);
        Checkpoint.Of(model, result).LoadBest(loaded);
        Assert.Equal(scores, loaded.Scores(), (a, b) => Math.Abs(a - b) <= 1e-5 * (1 + Math.Abs(a)));
        model.Step();
        Assert.Contains("it has been trained further", Assert.Throws<ArgumentException>(() => Checkpoint.Of(model, result)).Message, StringComparison.Ordinal);
    }

    private sealed class Told(List<EpochReport> epochs) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => epochs.Add(value);
    }

    private static ModelOptions Changed(ModelOptions options, string setting, string value)
    {
        JsonObject json = JsonSerializer.SerializeToNode(options, Json)!.AsObject();
        json[setting] = JsonNode.Parse(bool.TryParse(value, out _) || int.TryParse(value, out _) ? value : $"\"{value}\"");
        return json.Deserialize<ModelOptions>(Json)!;
    }

    private static Checkpoint Train(GraphData data, TrainingOptions options)
    {
        Checkpoint? checkpoint = null;
        Trainer.Train(data, options, TestDevices.Cpu, save: offer => checkpoint = offer.Take(), cancel: TestContext.Current.CancellationToken);
        return checkpoint!;
    }

    /// <summary>Why a checkpoint of one data set is refused for another one, to go on and to predict; null where it is not.</summary>
    private static string? Refusal(GraphData trained, GraphData other)
    {
        Checkpoint? checkpoint = Train(trained, Options);
        using NodeClassifier classifier = Trainer.Prepare(other, Options, TestDevices.Cpu);
        string? going = Record.Exception(() => checkpoint!.Restore(classifier))?.Message, predicting = Record.Exception(() => checkpoint!.LoadBest(classifier))?.Message;
        Assert.Equal(going, predicting);
        return going;
    }
}
