using System.Text.Json.Serialization;

namespace GraphEngine.Cli.Reports;

/// <summary>One device and what it was measured to do.</summary>
/// <param name="Id">The id that opens it.</param>
/// <param name="Name">The name its vendor gave it.</param>
/// <param name="Kind">Its family.</param>
/// <param name="BandwidthGBs">Triad bandwidth in 1e9 bytes per second; null where it could not be measured.</param>
/// <param name="FmaGflops">Multiply-add rate in 1e9 operations per second; null where it could not be measured.</param>
/// <param name="GemmGflops">The rate of the engine's tall GEMM; null where it could not be measured.</param>
/// <param name="Problem">Why something could not be measured; null when all could.</param>
internal sealed record DeviceReport(
    string Id, string Name, string Kind,
    [property: JsonPropertyName("bandwidthGBs"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? BandwidthGBs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? FmaGflops,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? GemmGflops,
    string? Problem);
