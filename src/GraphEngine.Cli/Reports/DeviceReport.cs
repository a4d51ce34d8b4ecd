using System.Text.Json.Serialization;

namespace GraphEngine.Cli.Reports;

/// <summary>One device and what it was measured to do.</summary>
/// <param name="Id">The id that opens it.</param>
/// <param name="Name">The name its vendor gave it.</param>
/// <param name="Kind">Its family.</param>
/// <param name="BandwidthGBs">Triad bandwidth in 1e9 bytes per second.</param>
/// <param name="FmaGflops">Multiply-add rate in 1e9 operations per second.</param>
/// <param name="GemmGflops">The rate of the engine's tall GEMM; null where the engine has no kernels for the device.</param>
internal sealed record DeviceReport(
    string Id, string Name, string Kind,
    [property: JsonPropertyName("bandwidthGBs")] double BandwidthGBs, double FmaGflops,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? GemmGflops);
