namespace GraphEngine.Cli.Reports;

/// <summary>One of several runs.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Fold">The fold that was held out, from 1; null without cross-validation.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="BestEpoch">The epoch whose parameters were kept.</param>
/// <param name="Test">Metrics on the test part; null without one, and with folds.</param>
/// <param name="HeldOut">Metrics on the fold; null without folds.</param>
internal sealed record RunReport(int Seed, int? Fold, int Epochs, int BestEpoch, MetricsReport? Test, MetricsReport? HeldOut);
