namespace GraphEngine.Learning.Training;

/// <summary>What happened in one epoch.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">The training loss before the step.</param>
/// <param name="Valid">Metrics on the validation part after the step; null without such a part.</param>
/// <param name="Milliseconds">The time of step and validation.</param>
/// <param name="IsBest">True when the parameters are the best so far.</param>
public sealed record EpochReport(int Epoch, float Loss, ClassificationMetrics? Valid, double Milliseconds, bool IsBest);
