using System.Diagnostics;
using GraphEngine.Graphs;
using GraphEngine.Runtime;

namespace GraphEngine.Learning.Training;

/// <summary>Full-batch training of a node classifier with early stopping. Equal options on equal devices give equal bits.</summary>
public static class Trainer
{
    /// <summary>Trains one model.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="options">Model and training settings.</param>
    /// <param name="device">The device.</param>
    /// <param name="progress">Told about every epoch.</param>
    /// <param name="resume">A checkpoint to go on from.</param>
    /// <param name="save">Given a checkpoint after every epoch.</param>
    /// <param name="cancel">Stops after the current epoch; the result is then that of the best epoch so far.</param>
    /// <exception cref="ArgumentException">The data set has no such task, or the task no training nodes.</exception>
    public static TrainingResult Train(
        GraphData data, TrainingOptions options, Device device, IProgress<EpochReport>? progress = null,
        Checkpoint? resume = null, Action<Checkpoint>? save = null, CancellationToken cancel = default)
    {
        NodeTask task = FindTask(data, options.Task);
        using NodeClassifier classifier = new(data, task, options.Model, device, new Adam(options.Rate, options.Decay));
        classifier.Initialize(options.Seed);
        TrainingState state = resume is null ? new TrainingState() : resume.Restore(classifier);
        bool validates = task.Splits.Contains(Split.Valid);
        List<double> times = [];
        double? first = null;
        while (state.Epoch < options.Epochs && !cancel.IsCancellationRequested && !Stale(state, options, validates))
        {
            long start = Stopwatch.GetTimestamp();
            float loss = classifier.Step();
            ClassificationMetrics? valid = validates ? ClassificationMetrics.Of(task, classifier.Scores(), Split.Valid) : null;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            first ??= (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds;
            state.Epoch++;
            bool best = valid is null || valid.Accuracy > state.BestValid;
            if (best)
            {
                state.BestValid = valid?.Accuracy ?? 0;
                state.BestEpoch = state.Epoch;
                state.Best = validates ? classifier.Save(withStates: false) : null;
            }
            progress?.Report(new EpochReport(state.Epoch, loss, valid, times[^1], best));
            save?.Invoke(Checkpoint.Of(data.Name, options, task, classifier, state));
            if (float.IsNaN(loss))
                throw new InvalidOperationException($"The loss became NaN in epoch {state.Epoch}; lower the learning rate (now {options.Rate}) or check the features.");
        }
        if (state.Best is not null)
            classifier.Restore(state.Best);
        float[] scores = classifier.Scores();
        return new TrainingResult(
            options, state.Epoch, state.BestEpoch, classifier.ParameterCount, classifier.Bytes, first ?? 0, Median(times),
            validates ? ClassificationMetrics.Of(task, scores, Split.Valid) : null, ClassificationMetrics.Of(task, scores, Split.Test));
    }

    /// <summary>The task of a name, or the first one.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="name">The name; null for the first.</param>
    /// <exception cref="ArgumentException">There is no such task, or it has no training nodes.</exception>
    public static NodeTask FindTask(GraphData data, string? name)
    {
        if (data.Tasks.Count == 0)
            throw new ArgumentException($"The data set '{data.Name}' has no task to train on; add one to its graph.json, or choose another data set.");
        NodeTask task = name is null ? data.Tasks[0] : data.Tasks.FirstOrDefault(t => t.Name == name)
            ?? throw new ArgumentException($"The data set '{data.Name}' has no task '{name}'; it has {string.Join(", ", data.Tasks.Select(t => t.Name))}.");
        return task.Splits.Contains(Split.Train) ? task : throw new ArgumentException($"The task '{task.Name}' has no training nodes; mark some with the split 'train'.");
    }

    private static bool Stale(TrainingState state, TrainingOptions options, bool validates) =>
        validates && options.Patience > 0 && state.Epoch - state.BestEpoch >= options.Patience;

    private static double Median(List<double> values)
    {
        if (values.Count == 0)
            return 0;
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
