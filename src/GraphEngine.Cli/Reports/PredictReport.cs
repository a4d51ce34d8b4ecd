namespace GraphEngine.Cli.Reports;

/// <summary>The result of <c>predict</c>.</summary>
/// <param name="Dataset">The name of the data set.</param>
/// <param name="Task">The task.</param>
/// <param name="Model">The model.</param>
/// <param name="Device">Where it ran.</param>
/// <param name="Out">The file written.</param>
/// <param name="Rows">The number of nodes predicted.</param>
internal sealed record PredictReport(string Dataset, string Task, string Model, string Device, string Out, int Rows);
