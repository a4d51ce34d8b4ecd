using System.Text.Json.Serialization;

namespace GraphEngine.Cli.Reports;

/// <summary>The result of <c>bench --kernels</c>.</summary>
/// <param name="Device">Where it ran.</param>
/// <param name="BandwidthGBs">The measured triad bandwidth.</param>
/// <param name="FmaGflops">The measured multiply-add rate.</param>
/// <param name="Kernels">Each kernel.</param>
internal sealed record KernelBenchReport(
    string Device, [property: JsonPropertyName("bandwidthGBs")] double BandwidthGBs, double FmaGflops, IReadOnlyList<KernelBenchReport.KernelRate> Kernels)
{
    /// <summary>A kernel.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Milliseconds">Its shortest time.</param>
    /// <param name="Rate">Its rate in <paramref name="Unit"/>.</param>
    /// <param name="Unit">GFLOP/s or GB/s.</param>
    /// <param name="PeakShare">The rate over the device's peak of that unit.</param>
    internal sealed record KernelRate(string Name, double Milliseconds, double Rate, string Unit, double PeakShare);
}
