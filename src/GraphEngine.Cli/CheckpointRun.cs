using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Learning.Training;
using GraphEngine.Runtime;

namespace GraphEngine.Cli;

/// <summary>A checkpoint with its data set and its model on a device, ready to predict.</summary>
internal sealed class CheckpointRun : IDisposable
{
    private CheckpointRun(Checkpoint checkpoint, GraphData data, NodeTask task, Device device, NodeClassifier classifier)
    {
        Checkpoint = checkpoint;
        Data = data;
        Task = task;
        Device = device;
        Classifier = classifier;
    }

    /// <summary>The checkpoint.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>The data set.</summary>
    public GraphData Data { get; }

    /// <summary>The task.</summary>
    public NodeTask Task { get; }

    /// <summary>The device.</summary>
    public Device Device { get; }

    /// <summary>The model with the best parameters.</summary>
    public NodeClassifier Classifier { get; }

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dataset">The data set; the one it was trained on when null.</param>
    /// <param name="deviceId">The device; the best one when null.</param>
    /// <param name="cancel">Stops the reading.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or does not fit the data set.</exception>
    public static CheckpointRun Open(string path, string? dataset, string? deviceId, CancellationToken cancel)
    {
        if (!File.Exists(path))
            throw new CommandException($"There is no file '{path}'; give --checkpoint a file that 'train --checkpoint' wrote.");
        Checkpoint checkpoint = Checkpoint.Read(path);
        GraphData data = LoadData(path, checkpoint, dataset, cancel);
        NodeTask task = data.Tasks.FirstOrDefault(t => t.Name == checkpoint.Task.Name)
            ?? throw new InvalidDataException($"{path} was trained for the task '{checkpoint.Task.Name}', which the data set '{data.Name}' does not have; give the right one with --dataset.");
        Device device = DeviceCatalogue.Open(deviceId ?? DeviceCatalogue.Auto);
        NodeClassifier? classifier = null;
        try
        {
            classifier = new NodeClassifier(data, task, checkpoint.Options.Model, device, optimizer: null);
            checkpoint.LoadBest(classifier);
            return new CheckpointRun(checkpoint, data, task, device, classifier);
        }
        catch
        {
            classifier?.Dispose();
            device.Dispose();
            throw;
        }
    }

    /// <summary>Reads the data set that a checkpoint was trained on.</summary>
    /// <param name="path">The file of the checkpoint.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="dataset">Another name or folder of it; null for the folder it had, or for its name where that was enough.</param>
    /// <param name="cancel">Stops the reading.</param>
    /// <exception cref="CommandException">It is no longer there. Another data set of the same name would be another graph.</exception>
    public static GraphData LoadData(string path, Checkpoint checkpoint, string? dataset, CancellationToken cancel)
    {
        DatasetCatalogue catalogue = new();
        if ((dataset ?? checkpoint.Folder) is not string given)
            return LoadNamed(path, checkpoint, catalogue, cancel);
        if (dataset is null && !DatasetFolder.IsAt(given))
            throw new CommandException($"{path} was trained on '{checkpoint.Dataset}' in {given}, which is no longer there; give its folder with --dataset.");
        return catalogue.Load(given, cancel);
    }

    private static GraphData LoadNamed(string path, Checkpoint checkpoint, DatasetCatalogue catalogue, CancellationToken cancel)
    {
        if (!catalogue.Present().Any(p => p.Name == checkpoint.Dataset))
            throw new CommandException($"{path} was trained on '{checkpoint.Dataset}', which no data set on this machine is called; give its folder with --dataset{(catalogue.Entries.Any(e => e.Name == checkpoint.Dataset) ? $", or fetch it with 'data download {checkpoint.Dataset}'" : "")}.");
        return catalogue.LoadNamed(checkpoint.Dataset, cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Classifier.Dispose();
        Device.Dispose();
    }
}
