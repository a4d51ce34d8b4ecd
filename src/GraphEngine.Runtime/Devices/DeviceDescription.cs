using GraphEngine.Codegen;

namespace GraphEngine.Runtime;

/// <summary>A device that could be opened.</summary>
/// <param name="Id">The id that opens it.</param>
/// <param name="Name">The name its vendor gave it.</param>
/// <param name="Kind">Its family.</param>
/// <param name="IsGpu">False for the CPU, also when it is behind OpenCL.</param>
public sealed record DeviceDescription(string Id, string Name, DeviceKind Kind, bool IsGpu);
