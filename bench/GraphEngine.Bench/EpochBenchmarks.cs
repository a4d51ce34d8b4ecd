using BenchmarkDotNet.Attributes;
using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Passes;
using GraphEngine.Runtime;

namespace GraphEngine.Bench;

/// <summary>
/// What an epoch is made of, with a two-layer model: a training step, and the scores of the validation nodes; beside them the scores of all nodes. On
/// WordNet, and on graphs with the counts of published ones.
/// </summary>
[MemoryDiagnoser]
public class EpochBenchmarks
{
    private const string WordNet = "wordnet", AllPasses = "all";

    private Device? _device;
    private NodeClassifier? _classifier;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "rgcn";

    public static IEnumerable<string> Models => LayerBenchmark.Models;

    /// <summary>All passes, or those of a baseline alone.</summary>
    [ParamsSource(nameof(Configurations))]
    public string Configuration { get; set; } = AllPasses;

    public static IEnumerable<string> Configurations => [AllPasses, .. Baseline.All.Select(b => b.Name)];

    [Params(WordNet, "aifb", "mutag", "bgs", "fb15k")]
    public string Shape { get; set; } = WordNet;

    [GlobalSetup]
    public void Setup()
    {
        GraphData data = Shape == WordNet ? new DatasetCatalogue().Load(WordNet, CancellationToken.None) : ShapeGenerator.Generate(Shape);
        _device = DeviceCatalogue.Open(DeviceCatalogue.Auto);
        _classifier = new NodeClassifier(
            data, data.Tasks[0], new ModelOptions { Model = Model, Dropout = 0.3f }, _device, new Adam(), new HashSet<string>(Baseline.Find(Configuration)?.Disabled ?? []));
        _classifier.Initialize(seed: 0);
        // The program for all nodes is compiled when it is first asked for.
        _ = _classifier.Scores();
    }

    [Benchmark]
    public float Step() => _classifier!.Step();

    [Benchmark]
    public ClassificationMetrics? Evaluate() => _classifier!.Evaluate(Split.Valid);

    [Benchmark]
    public int Scores() => _classifier!.Scores().Length;

    [GlobalCleanup]
    public void Cleanup()
    {
        _classifier?.Dispose();
        _device?.Dispose();
    }
}
