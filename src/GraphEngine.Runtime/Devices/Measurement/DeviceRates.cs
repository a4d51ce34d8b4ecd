namespace GraphEngine.Runtime;

/// <summary>What a device was measured to do: the two edges of its roofline.</summary>
/// <param name="BandwidthGBs">Bytes moved by a triad a = b + s c over arrays much larger than the caches, in 1e9 per second.</param>
/// <param name="FmaGflops">Independent float multiply-adds in registers, two operations each, in 1e9 per second.</param>
public sealed record DeviceRates(double BandwidthGBs, double FmaGflops);
