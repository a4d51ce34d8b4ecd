using System.Diagnostics;
using GraphEngine.Codegen;
using GraphEngine.Graphs;
using GraphEngine.Learning.Benchmarks;
using GraphEngine.Runtime;

namespace GraphEngine.Learning.Training;

/// <summary>
/// Full-batch training of a node classifier with early stopping. Equal options on equal devices give equal bits, as long as no kernel of the model is
/// tuned in between. Several threads may train, each a model and a device of its own.
/// </summary>
/// <example>
/// A model that is kept after its training:
/// <code>
/// using NodeClassifier model = Trainer.Prepare(data, options, device);
/// TrainingResult result = Trainer.Train(model, options);
/// float[] scores = model.Scores();
/// Checkpoint.Of(model, result).Write("model.safetensors");
/// </code>
/// </example>
public static class Trainer
{
    /// <summary>
    /// Trains one model, of which only the result is kept; <see cref="Prepare"/> makes one that can be asked for scores afterwards.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="options">Model and training settings.</param>
    /// <param name="device">The device.</param>
    /// <param name="progress">Told about every epoch.</param>
    /// <param name="resume">A checkpoint to go on from.</param>
    /// <param name="save">Offered a checkpoint after every epoch.</param>
    /// <param name="cancel">Stops after the current epoch; the result is then that of the best epoch so far.</param>
    /// <exception cref="ArgumentException">The data set has no such task, the task no training nodes, data set or task break a rule of
    /// <see cref="GraphDataCheck"/>, or a setting is out of range.</exception>
    /// <exception cref="InvalidOperationException">The loss or a score is no longer finite: training has diverged.</exception>
    /// <exception cref="InvalidDataException">The checkpoint to go on from belongs to another run, model, task or graph.</exception>
    /// <exception cref="NotSupportedException">A tensor has more elements than a kernel can tell apart, or than the checkpoints that are wanted can
    /// hold.</exception>
    /// <exception cref="KernelCompilationException">A kernel was refused by a compiler below.</exception>
    /// <exception cref="InsufficientMemoryException">The device has less memory free.</exception>
    public static TrainingResult Train(
        GraphData data, TrainingOptions options, Device device, IProgress<EpochReport>? progress = null,
        Checkpoint? resume = null, Action<CheckpointOffer>? save = null, CancellationToken cancel = default)
    {
        long begin = Stopwatch.GetTimestamp();
        using NodeClassifier classifier = Prepare(data, options, device);
        return Train(begin, classifier, options, progress, resume, save, cancel) with { State = new TrainingState() };
    }

    /// <summary>
    /// Compiles a model and uploads its data set, to be trained, several times with different seeds if need be, and asked for scores.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="options">Model and training settings.</param>
    /// <param name="device">The device.</param>
    /// <param name="disabled">Names of passes to leave out.</param>
    /// <exception cref="ArgumentException">The data set has no such task, the task no training nodes, data set or task break a rule of
    /// <see cref="GraphDataCheck"/>, a setting is out of range, or a pass cannot be left out.</exception>
    /// <exception cref="NotSupportedException">A tensor has more elements than a kernel can tell apart.</exception>
    /// <exception cref="KernelCompilationException">A kernel was refused by a compiler below.</exception>
    /// <exception cref="InsufficientMemoryException">The device has less memory free.</exception>
    public static NodeClassifier Prepare(GraphData data, TrainingOptions options, Device device, IReadOnlySet<string>? disabled = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(device);
        options.Check();
        return new NodeClassifier(data, FindTask(data, options.Task), options.Model, device, options.CreateOptimizer(), disabled);
    }

    /// <summary>
    /// Trains a prepared model from first values that the seed decides. The model then has its best parameters, and
    /// <see cref="Checkpoint.Of(NodeClassifier, TrainingResult)"/> keeps the run.
    /// </summary>
    /// <param name="classifier">What <see cref="Prepare"/> made of the same settings but for seed, epochs and patience.</param>
    /// <param name="options">Model and training settings.</param>
    /// <param name="progress">Told about every epoch.</param>
    /// <param name="resume">A checkpoint to go on from.</param>
    /// <param name="save">Offered a checkpoint after every epoch.</param>
    /// <param name="cancel">Stops after the current epoch; the result is then that of the best epoch so far.</param>
    /// <exception cref="InvalidOperationException">The loss or a score is no longer finite: training has diverged.</exception>
    /// <exception cref="InvalidDataException">The checkpoint to go on from belongs to another run, model, task or graph.</exception>
    /// <exception cref="ArgumentException">The classifier is of another model, task or optimiser, or a setting is out of range.</exception>
    /// <exception cref="NotSupportedException">Checkpoints are wanted of a tensor that is too large for them.</exception>
    /// <exception cref="ObjectDisposedException">The classifier was disposed of.</exception>
    public static TrainingResult Train(
        NodeClassifier classifier, TrainingOptions options, IProgress<EpochReport>? progress = null,
        Checkpoint? resume = null, Action<CheckpointOffer>? save = null, CancellationToken cancel = default) =>
        Train(Stopwatch.GetTimestamp(), classifier, options, progress, resume, save, cancel);

    private static TrainingResult Train(
        long begin, NodeClassifier classifier, TrainingOptions options, IProgress<EpochReport>? progress, Checkpoint? resume, Action<CheckpointOffer>? save, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        NodeTask task = classifier.Task;
        if (classifier.Model != options.Model || classifier.Optimizer != options.CreateOptimizer() || (options.Task is not null && options.Task != task.Name))
            throw new ArgumentException("The classifier was prepared for another model, task or optimiser than the settings name; prepare one for these settings.", nameof(options));
        resume?.RequireSameRun(options);
        if (save is not null)
            Checkpoint.Require(classifier);
        classifier.Initialize(options.Seed);
        TrainingState state = resume is null ? new TrainingState() : resume.Restore(classifier);
        List<EpochReport> history = [.. state.History];
        state.History = history;
        bool validates = task.Splits.Contains(Split.Valid);
        List<double> times = [];
        double? first = null;
        bool GoesOn() => state.Epoch < options.Epochs && !cancel.IsCancellationRequested && !Stale(state, options, validates);

        for (bool more = GoesOn(); more;)
        {
            long start = Stopwatch.GetTimestamp();
            float loss = classifier.Step();
            ClassificationMetrics? valid = validates && float.IsFinite(loss) ? Validate(classifier, state, options) : null;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            first ??= Stopwatch.GetElapsedTime(begin).TotalSeconds;
            if (!float.IsFinite(loss))
                throw new InvalidOperationException(FormattableString.Invariant($"The loss became {loss} in epoch {state.Epoch + 1}; lower the learning rate (now {options.Rate}) or check the features."));
            bool best = Keep(state, valid, classifier);
            EpochReport report = new(state.Epoch, loss, valid, times[^1], best);
            history.Add(report);
            progress?.Report(report);
            more = GoesOn();
            Offer(save, isLast: !more, options, classifier, state);
        }
        if (state.Best is not null)
        {
            classifier.Exchange(state.Best);
            (state.Last, state.Best) = (state.Best, null);
        }
        classifier.Run = state;
        return new TrainingResult(
            options, state.Epoch, state.BestEpoch, classifier.ParameterCount, classifier.Bytes, first ?? 0, times.Count == 0 ? 0 : Timing.MedianOf(times),
            classifier.Evaluate(Split.Valid), classifier.Evaluate(Split.Test))
        { State = state };
    }

    private static void Offer(Action<CheckpointOffer>? save, bool isLast, TrainingOptions options, NodeClassifier classifier, TrainingState state)
    {
        bool isOver = false;
        save?.Invoke(new CheckpointOffer(isLast, () => isOver
            ? throw new InvalidOperationException("This offer is over, and the parameters have changed; take the checkpoint before the call that offers it returns.")
            : Checkpoint.Of(options, classifier, state)));
        isOver = true;
    }

    private static ClassificationMetrics? Validate(NodeClassifier classifier, TrainingState state, TrainingOptions options)
    {
        try
        {
            return classifier.Evaluate(Split.Valid);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"After the step of epoch {state.Epoch + 1}, with the learning rate {options.Rate}: {e.Message}"), e);
        }
    }

    /// <summary>Counts an epoch, and keeps its parameters when they are the best so far.</summary>
    private static bool Keep(TrainingState state, ClassificationMetrics? valid, NodeClassifier classifier)
    {
        state.Epoch++;
        if (valid is not null && valid.MicroF1 <= state.BestValid)
            return false;
        state.BestValid = valid?.MicroF1 ?? 0;
        state.BestEpoch = state.Epoch;
        if (valid is null)
            state.Best = null;
        else if (state.Best is not null)
            classifier.Save(state.Best);
        else
            state.Best = classifier.Save(withStates: false);
        return true;
    }

    /// <summary>The task of a name, or the first one.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="name">The name; null for the first.</param>
    /// <exception cref="ArgumentException">There is no such task, or it has no training nodes.</exception>
    public static NodeTask FindTask(GraphData data, string? name)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Tasks is null or [])
            throw new ArgumentException($"The data set '{data.Name}' has no task to train on; add one, or choose another data set.");
        NodeTask task = name is null ? data.Tasks[0] : data.Tasks.FirstOrDefault(t => t.Name == name)
            ?? throw new ArgumentException($"The data set '{data.Name}' has no task '{name}'; it has {string.Join(", ", data.Tasks.Select(t => t.Name))}.");
        return task.Splits?.Contains(Split.Train) != false ? task : throw new ArgumentException($"The task '{task.Name}' has no training nodes; mark some as 'train'.");
    }

    private static bool Stale(TrainingState state, TrainingOptions options, bool validates) =>
        validates && options.Patience > 0 && state.Epoch - state.BestEpoch >= options.Patience;
}
