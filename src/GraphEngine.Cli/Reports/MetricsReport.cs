using GraphEngine.Learning.Training;

namespace GraphEngine.Cli.Reports;

/// <summary>Metrics of one run, or means of several with their standard deviations.</summary>
/// <param name="Accuracy">The share of nodes predicted exactly.</param>
/// <param name="MicroF1">F1 of all decisions together.</param>
/// <param name="MacroF1">The mean of the classes' F1.</param>
/// <param name="AccuracyDeviation">Deviation between runs; null for one.</param>
/// <param name="MicroF1Deviation">Deviation between runs; null for one.</param>
/// <param name="MacroF1Deviation">Deviation between runs; null for one.</param>
internal sealed record MetricsReport(
    double Accuracy, double MicroF1, double MacroF1, double? AccuracyDeviation = null, double? MicroF1Deviation = null, double? MacroF1Deviation = null)
{
    /// <summary>Summarises runs.</summary>
    /// <param name="runs">The metrics of each; null metrics give a null summary.</param>
    public static MetricsReport? Of(IReadOnlyList<ClassificationMetrics?> runs)
    {
        if (runs.Any(r => r is null))
            return null;
        double? Deviation(Func<ClassificationMetrics, double> metric)
        {
            if (runs.Count < 2)
                return null;
            double mean = runs.Average(r => metric(r!));
            return Math.Sqrt(runs.Sum(r => (metric(r!) - mean) * (metric(r!) - mean)) / (runs.Count - 1));
        }

        return new MetricsReport(
            runs.Average(r => r!.Accuracy), runs.Average(r => r!.MicroF1), runs.Average(r => r!.MacroF1),
            Deviation(r => r.Accuracy), Deviation(r => r.MicroF1), Deviation(r => r.MacroF1));
    }
}
