using System.Reflection;
using GraphEngine.Codegen.Intrinsics;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GraphEngine.Codegen.Ilgpu;

/// <summary>
/// The only way kernels go through ILGPU: optimisation level O1, our intrinsics and the <see cref="AddressSpaceHook"/>, the same for every device.
/// </summary>
public static class IlgpuBackend
{
    /// <summary>
    /// The context that kernels are compiled in. A context is not thread-safe while it compiles, and useless after a failed compilation.
    /// </summary>
    /// <param name="addDevices">Adds the devices that the context is for; none are needed to print text.</param>
    public static Context CreateContext(Action<Context.Builder>? addDevices = null) => Context.Create(builder =>
    {
        builder.Optimize(OptimizationLevel.O1);
        IntrinsicTable.Register(builder);
        addDevices?.Invoke(builder);
    });

    /// <summary>Compiles a kernel for an accelerator of a context made by <see cref="CreateContext"/> and loads it.</summary>
    /// <param name="accelerator">The accelerator.</param>
    /// <param name="entry">The entry method of a generated kernel class.</param>
    /// <param name="groupSize">The largest group the kernel will be launched with.</param>
    /// <exception cref="KernelCompilationException">ILGPU or the driver refuses the kernel.</exception>
    public static Kernel Load(Accelerator accelerator, MethodInfo entry, int groupSize)
    {
        using var log = new BuildLog();
        try
        {
            return accelerator.LoadKernel(Compile(accelerator.GetBackend(), entry, groupSize));
        }
        catch (Exception e) when (e is InternalCompilerException or NotSupportedException or AcceleratorException)
        {
            throw new KernelCompilationException(
                $"The kernel '{KernelName(entry)}' does not compile for {accelerator.Name}: {Innermost(e)}{log.Text}", e);
        }
    }

    /// <summary>
    /// The work items that a group of a loaded kernel can have, by what the kernel itself takes; null where the driver was told the size of groups
    /// and has agreed.
    /// </summary>
    /// <param name="kernel">A kernel from <see cref="Load"/>.</param>
    public static int? LargestGroup(Kernel kernel) => kernel is CLKernel cl
        ? (int)Math.Min(int.MaxValue, CLAPI.CurrentAPI.GetKernelWorkGroupInfo<IntPtr>(cl.KernelPtr, ((CLAccelerator)kernel.Accelerator).DeviceId, CLKernelWorkGroupInfoType.CL_KERNEL_WORK_GROUP_SIZE))
        : null;

    /// <summary>The PTX of a kernel, made without a device: for a compute capability of 8.0, so that it is the same on every machine.</summary>
    /// <param name="entry">The entry method of a generated kernel class.</param>
    /// <param name="groupSize">The largest group the kernel will be launched with.</param>
    /// <exception cref="KernelCompilationException">ILGPU refuses the kernel.</exception>
    public static string PtxText(MethodInfo entry, int groupSize)
    {
        using Context context = CreateContext();
        // The last argument is libNVVM, which only LibDevice needs; ILGPU's own contexts pass null as well.
        using var backend = new PTXBackend(context, CudaArchitecture.SM_80, CudaInstructionSet.ISA_80, null!);
        return ((PTXCompiledKernel)CompileText(backend, "PTX", entry, groupSize)).PTXAssembly;
    }

    /// <summary>The OpenCL C of a kernel, made without a device.</summary>
    /// <param name="entry">The entry method of a generated kernel class.</param>
    /// <param name="groupSize">The largest group the kernel will be launched with.</param>
    /// <exception cref="KernelCompilationException">ILGPU refuses the kernel.</exception>
    public static string OpenClText(MethodInfo entry, int groupSize)
    {
        using Context context = CreateContext();
        // No half floats, no doubles, no 64-bit atomics, no sub-groups: what every device has. The generic address space is a promise to ILGPU
        // that the hook makes unnecessary.
        var capabilities = new CLCapabilityContext(false, false, genericAddressSpace: true, false, false);
        using var backend = new CLBackend(context, capabilities, CLDeviceVendor.Other, CLCVersion.CL20);
        return ((CLCompiledKernel)CompileText(backend, "OpenCL", entry, groupSize)).Source;
    }

    private static CompiledKernel CompileText(Backend backend, string target, MethodInfo entry, int groupSize)
    {
        try
        {
            return Compile(backend, entry, groupSize);
        }
        catch (Exception e) when (e is InternalCompilerException or NotSupportedException)
        {
            throw new KernelCompilationException($"The kernel '{KernelName(entry)}' has no {target} form: {Innermost(e)}", e);
        }
    }

    private static CompiledKernel Compile(Backend backend, MethodInfo entry, int groupSize) => backend.Compile(
        EntryPointDescription.FromExplicitlyGroupedKernel(entry), new KernelSpecialization(groupSize, null), new AddressSpaceHook());

    private static string KernelName(MethodInfo entry) => entry.DeclaringType?.Name ?? entry.Name;

    // The outer exceptions of ILGPU only say that there was an error.
    private static string Innermost(Exception e) => e.GetBaseException().Message;
}
