using ILGPU;
using ILGPU.Backends;
using ILGPU.IR;
using ILGPU.IR.Transformations;

namespace GraphEngine.Codegen.Ilgpu;

/// <summary>
/// Runs after ILGPU's O1 pipeline and proves which memory each pointer means. O1 alone leaves generic loads, which are slow on CUDA and refused by
/// OpenCL devices without a generic address space; O2 would do the same work, but it moves loads past stores and barriers.
/// </summary>
internal sealed class AddressSpaceHook : IBackendHook
{
    private static readonly Transformer Pass = Build();

    /// <inheritdoc/>
    public void InitializedKernelContext(IRContext kernelContext, Method kernelMethod)
    {
    }

    /// <inheritdoc/>
    public void OptimizedKernelContext(IRContext kernelContext, Method kernelMethod) => kernelContext.Transform(Pass);

    /// <inheritdoc/>
    public void FinishedCodeGeneration(IRContext kernelContext, Method kernelMethod)
    {
    }

    private static Transformer Build()
    {
        Transformer.Builder builder = Transformer.CreateBuilder(TransformerConfiguration.Empty);
        builder.Add(new InferKernelAddressSpaces(MemoryAddressSpace.Global));
        builder.Add(new LowerStructures());
        builder.Add(new UnreachableCodeElimination());
        builder.Add(new DeadCodeElimination());
        builder.Add(new SSAStructureConstruction());
        builder.Add(new InferLocalAddressSpaces());
        builder.Add(new SimplifyControlFlow());
        return builder.ToTransformer();
    }
}
