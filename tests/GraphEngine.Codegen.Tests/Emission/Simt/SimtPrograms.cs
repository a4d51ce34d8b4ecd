using System.Reflection;
using GraphEngine.Codegen.Emission;
using GraphEngine.Codegen.Ilgpu;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Codegen.Tests.Emission.Simt;

/// <summary>Programs of few ops whose kernels are looked at as text, lowered for the CUDA device that needs no machine.</summary>
internal static class SimtPrograms
{
    private static readonly KernelCache Cache = new(folder: null);

    /// <summary>Attention over gathered rows: nested loops, functions, four columns at a time.</summary>
    public static EmittedKernel Traversal() => Last<Kernel.Traversal>(b =>
    {
        Node x = b.Input("x", Space.Nodes, new RowShape(2, 1, 16)), e = b.Input("e", Space.Edges, new RowShape(2, 1, 1));
        return (x.Along(IndexMap.EdgeSource) * e.LeakyRelu(0.2f).Exp()).Sum(IndexMap.EdgeTarget).Relu();
    });

    /// <summary>Attention in one loop over the edges of each node, with nothing stored for an edge.</summary>
    public static EmittedKernel OnlineSoftmax() => Last<Kernel.Traversal>(
        b =>
        {
            Node x = b.Input("x", Space.Nodes, new RowShape(2, 1, 16)), s = b.Input("s", Space.Nodes, new RowShape(2, 1, 1));
            return (s.Along(IndexMap.EdgeSource).LeakyRelu(0.2f).Softmax(IndexMap.EdgeTarget) * x.Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget);
        },
        "kept-exponentials");

    /// <summary>Edges that add themselves to their targets.</summary>
    public static EmittedKernel Additions() => Last<Kernel.Traversal>(b =>
        (b.Input("x", Space.Nodes, RowShape.Vector(16)).Along(IndexMap.EdgeSource) * b.Input("e", Space.Edges, RowShape.Scalar)).Sum(IndexMap.EdgeTarget), "ordered-sums");

    /// <summary>The place of each number among those of its node.</summary>
    public static EmittedKernel Rank() => Last<Kernel.Traversal>(b => b.Input("s", Space.Edges, RowShape.Scalar).Rank(IndexMap.EdgeTarget));

    /// <summary>Plain elements with random numbers.</summary>
    public static EmittedKernel Flat() => Last<Kernel.Traversal>(b => b.Dropout(b.Input("x", Space.Nodes, RowShape.Vector(64)).Tanh(), 0.5f));

    /// <summary>Gathered rows times typed weights with an activation.</summary>
    public static EmittedKernel Gemm(int k = 64, int n = 64, bool transposed = false) => Last<Kernel.Gemm>(b =>
        b.Input("x", Space.Nodes, RowShape.Vector(k)).Along(IndexMap.SourceGroupNode)
            .Linear(b.Input("w", Space.EdgeTypes, transposed ? RowShape.Matrix(n, k) : RowShape.Matrix(k, n)), IndexMap.SourceGroupType, transposed).Relu());

    /// <summary>A product that is summed over its columns.</summary>
    public static EmittedKernel GemmDot() => Last<Kernel.Gemm>(b =>
        (b.Input("x", Space.Nodes, RowShape.Vector(64)).Linear(b.Input("w", Space.NodeTypes, new RowShape(2, 64, 16)), IndexMap.NodeType)
            * b.Input("a", Space.One, new RowShape(2, 1, 16))).SumColumns(), "reordering");

    /// <summary>A softmax over the edges of each node.</summary>
    public static EmittedKernel Segments() => Last<Kernel.Segments>(b =>
        (b.Input("s", Space.Edges, new RowShape(2, 1, 1)).Tanh().Softmax(IndexMap.EdgeTarget) * b.Input("x", Space.Nodes, RowShape.Vector(16)).Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget));

    /// <summary>The gradient of a bias: rows summed by type.</summary>
    public static EmittedKernel ColumnSums() => Last<Kernel.Outer>(b => b.Input("g", Space.Nodes, RowShape.Vector(64)).Sum(IndexMap.NodeType));

    /// <summary>A number per head made from two rows.</summary>
    public static EmittedKernel ColumnLanes() => Last<Kernel.Traversal>(b =>
        (b.Input("x", Space.Nodes, new RowShape(2, 1, 64)) * b.Input("y", Space.Nodes, new RowShape(2, 1, 64))).SumColumns().Exp());

    /// <summary>A weight gradient.</summary>
    public static EmittedKernel Outer() => Last<Kernel.Outer>(Gradient);

    /// <summary>The end of a weight gradient.</summary>
    public static EmittedKernel Combine() => Last<Kernel.Combine>(Gradient);

    public static string Ptx(EmittedKernel kernel) => IlgpuBackend.PtxText(Entry(kernel), kernel.GroupSize);

    public static string OpenCl(EmittedKernel kernel) => IlgpuBackend.OpenClText(Entry(kernel), kernel.GroupSize);

    private static Node Gradient(ProgramBuilder b) =>
        b.Input("x", Space.Nodes, RowShape.Vector(64)).Outer(b.Input("g", Space.Nodes, RowShape.Vector(32)), IndexMap.NodeType);

    private static EmittedKernel Last<T>(Func<ProgramBuilder, Node> result, params string[] disabled)
        where T : Kernel
    {
        DeviceProfile profile = DeviceProfile.CudaText();
        KernelProgram program = Pipeline.Run(new GraphProgram([new Output("y", result(new ProgramBuilder()))]), profile.Options(disabled: disabled.ToHashSet()));
        return KernelEmitter.Emit(program.Kernels.OfType<T>().Last(), profile);
    }

    private static MethodInfo Entry(EmittedKernel kernel) => Cache.Load([kernel.Source], DeviceProfile.CudaText()).Entry(kernel.Source.Name);
}
