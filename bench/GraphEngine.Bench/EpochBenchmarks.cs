using BenchmarkDotNet.Attributes;
using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Runtime;

namespace GraphEngine.Bench;

/// <summary>A whole epoch on WordNet: a training step of a two-layer model, and the scores of all nouns.</summary>
[MemoryDiagnoser]
public class EpochBenchmarks
{
    private Device? _device;
    private NodeClassifier? _classifier;

    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "rgcn";

    public static IEnumerable<string> Models => LayerBenchmark.Models;

    [GlobalSetup]
    public void Setup()
    {
        GraphData data = new DatasetCatalogue().Load("wordnet", CancellationToken.None);
        _device = DeviceCatalogue.Open(DeviceCatalogue.Auto);
        _classifier = Trainer.Prepare(data, new TrainingOptions { Model = new ModelOptions { Model = Model, Dropout = 0.3f } }, _device);
        _classifier.Initialize(seed: 0);
    }

    [Benchmark]
    public float Step() => _classifier!.Step();

    [Benchmark]
    public int Scores() => _classifier!.Scores().Length;

    [GlobalCleanup]
    public void Cleanup()
    {
        _classifier?.Dispose();
        _device?.Dispose();
    }
}
