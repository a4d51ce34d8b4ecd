namespace GraphEngine.Cli.Reports;

/// <summary>One of several seeds.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="BestEpoch">The epoch whose parameters were kept.</param>
/// <param name="Test">Metrics on the test part.</param>
internal sealed record RunReport(int Seed, int Epochs, int BestEpoch, MetricsReport Test);
