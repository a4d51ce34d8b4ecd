namespace GraphEngine.Learning.Training;

/// <summary>The end of a training run.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="BestEpoch">The epoch whose parameters were kept.</param>
/// <param name="Parameters">The number of trainable numbers.</param>
/// <param name="PeakBytes">Device memory in use.</param>
/// <param name="SecondsToFirstEpoch">From the call to the end of the first epoch, compilation included where the call prepares the model; 0 where no
/// epoch was run.</param>
/// <param name="EpochMilliseconds">The median time of an epoch, validation included.</param>
/// <param name="Valid">Metrics on the validation part; null without one.</param>
/// <param name="Test">Metrics on the test part; null without one.</param>
public sealed record TrainingResult(
    TrainingOptions Options, int Epochs, int BestEpoch, long Parameters, long PeakBytes, double SecondsToFirstEpoch, double EpochMilliseconds,
    ClassificationMetrics? Valid, ClassificationMetrics? Test)
{
    /// <summary>What <see cref="Checkpoint"/> needs to keep the run, parameters among it; empty where the model is gone.</summary>
    public TrainingState State { get; init; } = new();
}
