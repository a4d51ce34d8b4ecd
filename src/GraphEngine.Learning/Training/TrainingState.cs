namespace GraphEngine.Learning.Training;

/// <summary>What a training run remembers between epochs besides the tensors on the device. For one thread at a time.</summary>
public sealed class TrainingState
{
    /// <summary>Epochs done.</summary>
    public int Epoch { get; set; }

    /// <summary>The epoch with the best micro F1 on validation nodes; the last one without validation nodes.</summary>
    public int BestEpoch { get; set; }

    /// <summary>The best micro F1 on validation nodes.</summary>
    public double BestValid { get; set; } = -1;

    /// <summary>What happened in the epochs done. Their times are not kept in checkpoints.</summary>
    public IReadOnlyList<EpochReport> History { get; set; } = [];

    /// <summary>The parameters of the best epoch; null when they are those on the device.</summary>
    public IReadOnlyDictionary<string, float[]>? Best { get; set; }

    /// <summary>
    /// The parameters of the last epoch, where those on the device are the best ones, as after <see cref="Trainer"/> is done; null where the last
    /// ones are on the device.
    /// </summary>
    public IReadOnlyDictionary<string, float[]>? Last { get; set; }
}
