using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Passes;

/// <summary>The compiler's table of contents: every pass, in order. Nothing else knows the order.</summary>
public static class Pipeline
{
    /// <summary>
    /// The passes that can be switched off by name. Without ordered sums, sums over edges are made edge by edge with atomic additions, as PIGEON's kernels do, and two runs
    /// need not agree to the bit.
    /// </summary>
    public static IReadOnlyList<string> Optional { get; } = ["simplify", "reordering", "compaction", "aggregate-first", "heavy-rows", "ordered-sums", "mixed-rows", "gather-order", "shared-gathers", "loop-fusion", "recomputation"];

    /// <summary>The passes that make use of the caches and registers of a core; other devices compile without them.</summary>
    public static IReadOnlyList<string> OnCpu { get; } = ["mixed-rows", "gather-order", "shared-gathers", "loop-fusion"];

    /// <summary>Compiles a program to kernels. What a model computes is put in its best form first; gradients are those of that form.</summary>
    /// <param name="program">The program.</param>
    /// <param name="options">What is switched off, what is known of the graph, how many workers share a sum, and where dumps go.</param>
    /// <exception cref="IrException">A pass produced a program that does not verify.</exception>
    public static KernelProgram Run(Program program, PipelineOptions options)
    {
        program = Step("input", program, p => p, options);
        // Layers of messages as far as memory goes: attention keeps more than sums do.
        int layers = Math.Max(1, program.Nodes.Count(n => n.Op is Op.Softmax));
        program = Step("expand-softmax", program, ExpandRegions.Within(ExpandSoftmax.Run), options);
        program = Step("simplify", program, ExpandRegions.Within(Simplify.Run), options);
        program = Step("reordering", program, ExpandRegions.Within(p => LinearReordering.Run(p, options.Statistics)), options);
        SideChoice sides = SideChoice.Make(program, options.Statistics, options.IsOn("aggregate-first"), options.IsOn("compaction"));
        program = Step("product-sides", program, p => ProductSides.Run(p, sides), options);
        program = Step("compaction", program, Compaction.Run, options);
        program = Step("differentiate", program, ExpandRegions.Within(Differentiate.Run), options);
        program = Step("expand-regions", program, ExpandRegions.Run, options);
        program = Step("simplify-gradients", program, p => options.IsOn("simplify") ? Simplify.Run(p) : p, options);
        program = Step("compaction-of-gradients", program, p => options.IsOn("compaction") ? Compaction.Run(p) : p, options);
        program = Step("heavy-rows", program, p => options.IsOn("ordered-sums") ? SplitHeavyRows.Run(p, options.Statistics, options.Workers) : p, options);
        program = Step("matrix-products", program, MatrixProducts.Run, options);
        KernelProgram kernels = LowerToKernels.Run(program, options, sides);
        kernels = options.IsOn("loop-fusion") ? FuseLoops.Run(kernels, options.Workers) : kernels;
        kernels = options.IsOn("recomputation") ? Recomputation.Run(kernels, options.Statistics, layers) : kernels;
        kernels = StreamStores.Run(kernels);
        KernelVerifier.Verify(kernels);
        return kernels;
    }

    private static Program Step(string name, Program program, Func<Program, Program> pass, PipelineOptions options)
    {
        if (options.IsOn(name))
            program = pass(program);
        ProgramVerifier.Verify(program, name);
        options.Dump?.Invoke(name, program);
        return program;
    }
}
