using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Runtime;

namespace GraphEngine.Cli;

internal static class Program
{
    private static int Main(string[] args)
    {
        long t0 = System.Diagnostics.Stopwatch.GetTimestamp();
        GraphData data = DatasetFolder.Read(args[0]);
        Console.WriteLine($"read {System.Diagnostics.Stopwatch.GetElapsedTime(t0).TotalMilliseconds} ms");
        using Device device = DeviceCatalogue.Open("cpu");
        TrainingOptions o = new() { Epochs = int.Parse(args[1]), Model = new ModelOptions { Layers = int.Parse(args[2]), Hidden = int.Parse(args[3]), Dropout = float.Parse(args[4]) }, Rate = float.Parse(args[5]) };
        TrainingResult r = Trainer.Train(data, o, device, new Bar());
        Console.WriteLine(r);
        return 0;
    }

    private sealed class Bar : IProgress<EpochReport>
    {
        public void Report(EpochReport r) => Console.WriteLine($"{r.Epoch} {r.Loss} {r.Valid?.Accuracy} {r.Milliseconds}");
    }
}
