using System.Text.Json.Serialization;

namespace GraphEngine.Cli.Reports;

/// <summary>The result of <c>bench</c>. What other systems write in <c>bench/peers</c> has the same keys.</summary>
/// <param name="System">This program.</param>
/// <param name="Version">Its version.</param>
/// <param name="Variant">What was compiled: with all passes, or without some.</param>
/// <param name="Model">The model.</param>
/// <param name="Mode">infer or train.</param>
/// <param name="Shape">The name of the graph: a generated one with its scale, or the data set.</param>
/// <param name="Dataset">The data set; null for a generated graph.</param>
/// <param name="In">The width of the features.</param>
/// <param name="Out">The width of the result.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Device">Where it ran.</param>
/// <param name="Threads">Threads of the CPU.</param>
/// <param name="Disabled">The passes left out.</param>
/// <param name="Nodes">The number of nodes.</param>
/// <param name="Edges">The number of edges.</param>
/// <param name="CompileMilliseconds">The time from the program to loaded kernels.</param>
/// <param name="MedianMilliseconds">The median time of a run.</param>
/// <param name="MinMilliseconds">The shortest time of a run.</param>
/// <param name="PeakBytes">Features, weights, optimiser states and temporaries on the device.</param>
/// <param name="IndexBytes">Index tables on the device.</param>
/// <param name="Launches">The number of launches.</param>
/// <param name="TunedKernels">The number of kernels with a schedule that a search found.</param>
/// <param name="RooflineShare">The shortest possible time of all launches over the median time.</param>
/// <param name="BandwidthGBs">The measured triad bandwidth.</param>
/// <param name="FmaGflops">The measured multiply-add rate.</param>
/// <param name="Kernels">Each launch.</param>
/// <param name="Tuning">What the search for schedules came to; null without one.</param>
internal sealed record BenchReport(
    string System, string Version, string Variant, string Model, string Mode, string Shape, string? Dataset, int In, int Out, int Heads, string Device, int Threads,
    IReadOnlyList<string> Disabled, int Nodes, int Edges,
    double CompileMilliseconds, double MedianMilliseconds, double MinMilliseconds, long PeakBytes, long IndexBytes, int Launches, int TunedKernels, double RooflineShare,
    [property: JsonPropertyName("bandwidthGBs")] double BandwidthGBs, double FmaGflops, IReadOnlyList<BenchReport.KernelReport> Kernels, BenchReport.TuningReport? Tuning)
{
    /// <summary>A search for schedules.</summary>
    /// <param name="Kernels">Kernels of different text.</param>
    /// <param name="Changed">Those that got another schedule.</param>
    /// <param name="UsualMilliseconds">The shortest time before.</param>
    /// <param name="TunedMilliseconds">The shortest time after.</param>
    internal sealed record TuningReport(int Kernels, int Changed, double UsualMilliseconds, double TunedMilliseconds);

    /// <summary>A launch.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Milliseconds">Its median time.</param>
    /// <param name="Bytes">Compulsory bytes.</param>
    /// <param name="Flops">Operations.</param>
    /// <param name="RooflineShare">Its shortest possible time over its median time.</param>
    internal sealed record KernelReport(string Name, double Milliseconds, long Bytes, long Flops, double RooflineShare);
}
