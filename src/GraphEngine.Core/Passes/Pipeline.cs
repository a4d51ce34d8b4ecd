using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Passes;

/// <summary>The compiler's table of contents: every pass, in order. Nothing else knows the order.</summary>
public static class Pipeline
{
    /// <summary>
    /// The passes that can be switched off. Without ordered sums, sums over edges are made edge by edge with atomic additions, as PIGEON's kernels
    /// do, and two runs need not agree to the bit.
    /// </summary>
    public static IReadOnlyList<PassSwitch> Switches { get; } =
    [
        new("demanded-rows", "computes only rows that something reads"),
        new("late-division", "divides sums instead of what is summed: attention weights are not divided, their gradients centred by (out, dout) of the row"),
        new("simplify", "computes what is equal once, and nothing that cancels"),
        new("scaled-weights", "scales weights by numbers of relations instead of what edges make with them"),
        new("reordering", "multiplies weights with weights first where that removes a product per row"),
        new("compaction", "computes what edges of a group share once per group"),
        new("aggregate-first", "sums before it multiplies where that is less work"),
        new("summed-heads", "adds up heads where their products are made"),
        new("heavy-rows", "sums nodes with more edges than a worker's share in pieces"),
        new("ordered-sums", "sums in the order of lists"),
        new("kept-exponentials", "keeps the exponentials of a softmax for all that read them; without it only its maxima and sums are kept"),
        new("online-softmax", "finds the largest logit of a row while it sums the row's exponentials, where those are not kept"),
        new("mixed-rows", "makes numbers of rows in the loop that has the row in registers", IsForCpu: true),
        new("gather-order", "visits groups in the order of what they gather", IsForCpu: true),
        new("shared-gathers", "gathers rows once for a sum and for numbers of its items", IsForCpu: true),
        new("loop-fusion", "takes blocks of rows through several kernels", IsForCpu: true),
        new("recomputation", "makes products again where memory exceeds its budget"),
    ];

    /// <summary>The names of the passes that can be switched off.</summary>
    public static IReadOnlyList<string> Optional { get; } = [.. Switches.Select(s => s.Name)];

    /// <summary>Compiles a program to kernels. What a model computes is put in its best form first; gradients are those of that form.</summary>
    /// <param name="program">The program.</param>
    /// <param name="options">What is switched off, what is known of the graph, how many workers share a sum, and where dumps go.</param>
    /// <exception cref="IrException">A pass produced a program that does not verify.</exception>
    public static KernelProgram Run(Program program, PipelineOptions options)
    {
        Check("input", program, options);
        // Layers of messages as far as memory goes: attention keeps more than sums do.
        int layers = Math.Max(1, program.Nodes.Count(n => n.Op is Op.Softmax));
        program = Step("demanded-rows", program, p => DemandedRows.Run(p, options.Statistics), options, describe: (_, after) => DemandedRows.Describe(after, options.Statistics));
        program = Step("expand-softmax", program, ExpandRegions.Within(ExpandSoftmax.Run), options);
        program = Step("late-division", program, ExpandRegions.Within(LateDivision.Run), options);
        program = Step("typed-rows", program, TypedRows.Run, options, "simplify");
        program = Step("simplify", program, ExpandRegions.Within(Simplify.Run), options);
        program = Step("scaled-weights", program, ExpandRegions.Within(p => ScaledWeights.Run(p, options.Statistics)), options);
        program = Step("reordering", program, ExpandRegions.Within(p => LinearReordering.Run(p, options.Statistics)), options);
        SideChoice sides = SideChoice.Make(program, options.Statistics, options.IsOn("aggregate-first"), options.IsOn("compaction"), options.IsOn("summed-heads"));
        program = Step("product-sides", program, p => ProductSides.Run(p, sides), options);
        options.Remark?.Invoke(new Remark(options.IsOn("aggregate-first") ? "aggregate-first" : "product-sides", sides.Reason));
        program = Step("compaction", program, Compaction.Run, options);
        program = Step("summed-heads", program, SummedHeads.Run, options, describe: SummedHeads.Describe);
        program = Step("differentiate", program, ExpandRegions.Within(Differentiate.Run), options);
        program = Step("expand-regions", program, ExpandRegions.Run, options);
        program = Step("typed-rows-of-gradients", program, TypedRows.Run, options, "simplify");
        program = Step("simplify-gradients", program, Simplify.Run, options, "simplify");
        program = Step("compaction-of-gradients", program, Compaction.Run, options, "compaction");
        // Atomic additions know no rows.
        program = options.IsOn("ordered-sums") ? Step("heavy-rows", program, p => SplitHeavyRows.Run(p, options.Statistics, options.Workers), options) : program;
        program = Step("matrix-products", program, MatrixProducts.Run, options);
        KernelProgram kernels = LowerToKernels.Run(program, options, sides);
        kernels = options.IsOn("loop-fusion") ? FuseLoops.Run(kernels, options.Workers, options.Statistics) : kernels;
        kernels = options.IsOn("recomputation") ? Recomputation.Run(kernels, options.Statistics, layers) : kernels;
        kernels = StreamStores.Run(kernels);
        KernelVerifier.Verify(kernels);
        if (options.Remark is not null)
            KernelRemarks.Of(kernels, options).ToList().ForEach(options.Remark);
        return kernels;
    }

    /// <summary>Runs a pass unless it, or the one whose switch it shares, is switched off.</summary>
    private static Program Step(
        string name, Program program, Func<Program, Program> pass, PipelineOptions options, string? switchedBy = null, Func<Program, Program, string>? describe = null)
    {
        bool isOn = options.IsOn(switchedBy ?? name);
        Program result = isOn ? pass(program) : program;
        Check(name, result, options);
        if (isOn)
            options.Remark?.Invoke(new Remark(switchedBy ?? name, (describe ?? ProgramCensus.Change)(program, result)));
        return result;
    }

    private static void Check(string name, Program program, PipelineOptions options)
    {
        ProgramVerifier.Verify(program, name);
        options.Dump?.Invoke(name, program);
    }
}
