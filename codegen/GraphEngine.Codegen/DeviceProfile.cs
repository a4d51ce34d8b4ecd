using System.Numerics;
using System.Runtime.Intrinsics;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Passes;

namespace GraphEngine.Codegen;

/// <summary>
/// What the generator may know about a device, as plain values: two devices with equal <see cref="Key"/> get the same kernels.
/// </summary>
/// <param name="Kind">The family, which decides between SIMD and SIMT schedules.</param>
/// <param name="Lanes">How many lanes run at once: cores on the CPU, resident work items elsewhere. It sizes launches and is never printed into
/// text.</param>
/// <param name="VectorBits">The width of a hardware vector on the CPU; 128 elsewhere, the widest load of one work item.</param>
/// <param name="GroupSize">The number of work items of a usual SIMT group; on the CPU, the lanes of one group.</param>
/// <param name="HasSubgroups">True when work items of a warp can exchange registers.</param>
/// <param name="SharedMemoryBytes">The shared memory a group may declare.</param>
public sealed record DeviceProfile(DeviceKind Kind, int Lanes, int VectorBits, int GroupSize, bool HasSubgroups, int SharedMemoryBytes)
{
    /// <summary>The shared memory that a kernel may declare statically on every CUDA device.</summary>
    public const int CudaStaticSharedBytes = 48 * 1024;

    private const int UsualGroupSize = 256;

    // Rows of a sum that a group adds up in about the time that its partial sum takes afterwards.
    private const int RowsOfGroup = 32;

    /// <summary>Everything that may change generated text, for cache hashes.</summary>
    public string Key => $"{Kind.ToString().ToLowerInvariant()}-v{VectorBits}-g{GroupSize}-{(HasSubgroups ? "sub" : "flat")}-m{SharedMemoryBytes}";

    /// <summary>The number of floats in one hardware vector.</summary>
    public int VectorFloats => VectorBits / 32;

    /// <summary>
    /// Into how many shares sums over all rows are dealt: one per lane of the CPU, as many groups elsewhere as keep the device busy. Groups that
    /// multiply hold many registers, so that half of a GPU's resident work items is what they reach; an OpenCL device tells its compute units only.
    /// </summary>
    public int Workers => Kind switch
    {
        DeviceKind.Cpu => Lanes,
        DeviceKind.OpenCl => Math.Max(1, 2 * Lanes / GroupSize),
        _ => Math.Max(1, Lanes / GroupSize / 2),
    };

    /// <summary>How programs are compiled for this device: passes that make use of a core's caches are for CPUs.</summary>
    /// <param name="statistics">What is known of the graph; null for nothing.</param>
    /// <param name="disabled">The names of passes that are switched off.</param>
    /// <param name="dump">Called with the program after each pass.</param>
    public PipelineOptions Options(RelationStatistics? statistics = null, IReadOnlySet<string>? disabled = null, Action<string, Program>? dump = null) =>
        Kind == DeviceKind.Cpu
            ? new(Workers, statistics, disabled, dump)
            : new(Workers, statistics, Pipeline.Switches.Where(s => s.IsForCpu).Select(s => s.Name).Concat(disabled ?? new HashSet<string>()).ToHashSet(), dump) { LeastRows = RowsOfGroup, SharesColumns = true };

    /// <summary>The CPU this process runs on: one lane per core, the widest vectors that the hardware really has.</summary>
    public static DeviceProfile Cpu() => Cpu(Environment.ProcessorCount, HardwareVectorBits());

    /// <summary>A CPU with a chosen number of cores and vector width, for text that another machine will run.</summary>
    /// <param name="cores">The number of cores; lanes come in pairs because ILGPU's warps have at least two.</param>
    /// <param name="vectorBits">512, 256 or 128.</param>
    public static DeviceProfile Cpu(int cores, int vectorBits) =>
        new(DeviceKind.Cpu, Lanes: 2 * Math.Max(1, cores / 2), vectorBits, GroupSize: 2, HasSubgroups: false, SharedMemoryBytes: 0);

    /// <summary>An OpenCL device. Sub-groups are left out: ILGPU can shuffle on Intel's only.</summary>
    /// <param name="computeUnits">The number of compute units.</param>
    /// <param name="maxGroupSize">The largest group the device accepts.</param>
    /// <param name="sharedMemoryBytes">The local memory of a group.</param>
    public static DeviceProfile OpenCl(int computeUnits, int maxGroupSize, int sharedMemoryBytes)
    {
        // Lanes of a group exchange in pairs.
        int group = 1 << BitOperations.Log2((uint)Math.Min(UsualGroupSize, maxGroupSize));
        return new(DeviceKind.OpenCl, computeUnits * group, VectorBits: 128, group, HasSubgroups: false, sharedMemoryBytes);
    }

    /// <summary>The OpenCL device that text is generated for when there is none.</summary>
    public static DeviceProfile OpenClText() => OpenCl(computeUnits: 16, UsualGroupSize, sharedMemoryBytes: 32 * 1024);

    /// <summary>An NVIDIA GPU.</summary>
    /// <param name="multiprocessors">The number of streaming multiprocessors.</param>
    /// <param name="threadsPerMultiprocessor">The threads that one of them keeps resident.</param>
    public static DeviceProfile Cuda(int multiprocessors, int threadsPerMultiprocessor) =>
        new(DeviceKind.Cuda, multiprocessors * threadsPerMultiprocessor, VectorBits: 128, UsualGroupSize, HasSubgroups: true, CudaStaticSharedBytes);

    /// <summary>The CUDA device that PTX is generated for when there is none: the size of an A100.</summary>
    public static DeviceProfile CudaText() => Cuda(multiprocessors: 108, threadsPerMultiprocessor: 2048);

    private static int HardwareVectorBits() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
}
