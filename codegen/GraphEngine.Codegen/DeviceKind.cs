namespace GraphEngine.Codegen;

/// <summary>The three families of devices that kernels are generated for.</summary>
public enum DeviceKind
{
    /// <summary>The CPU accelerator of ILGPU: SIMD schedules, one lane per core.</summary>
    Cpu,

    /// <summary>An OpenCL device: SIMT schedules.</summary>
    OpenCl,

    /// <summary>An NVIDIA GPU through PTX: SIMT schedules.</summary>
    Cuda,
}
