namespace GraphEngine.Learning.Training;

/// <summary>
/// The chance to take a checkpoint between two epochs. Taking one copies all tensors from the device, so it need not be done every time.
/// </summary>
/// <param name="IsLast">True after the last epoch: what is not taken now is lost.</param>
/// <param name="Take">Takes the checkpoint. Throws <see cref="InvalidOperationException"/> once the offer has returned.</param>
public sealed record CheckpointOffer(bool IsLast, Func<Checkpoint> Take);
