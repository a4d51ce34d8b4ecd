namespace GraphEngine.Cli.Reports;

/// <summary>The result of <c>devices</c>.</summary>
/// <param name="Devices">Each device.</param>
internal sealed record DevicesReport(IReadOnlyList<DeviceReport> Devices);
