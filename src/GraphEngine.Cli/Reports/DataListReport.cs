namespace GraphEngine.Cli.Reports;

/// <summary>The result of <c>data list</c>.</summary>
/// <param name="Datasets">Each data set.</param>
internal sealed record DataListReport(IReadOnlyList<DataEntryReport> Datasets);
