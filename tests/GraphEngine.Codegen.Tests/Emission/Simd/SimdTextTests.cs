using GraphEngine.Codegen.Emission;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Codegen.Tests.Emission.Simd;

/// <summary>The texts of the SIMD family, for two cores with 512-bit and with 256-bit vectors.</summary>
public sealed class SimdTextTests
{
    private static readonly Dictionary<string, Func<ProgramBuilder, Node>> Programs = new()
    {
        // A gathered sum with its row fetched ahead, and a width that no vector divides.
        ["traversal"] = b => b.Input("x", Space.Nodes, RowShape.Vector(26)).Along(IndexMap.EdgeSource).Mean(IndexMap.EdgeTarget).Relu(),
        ["flat"] = b => b.Dropout(b.Input("x", Space.Nodes, RowShape.Vector(64)).Tanh(), 0.5f),
        // The two kernels of an RGCN layer: a group sum as prologue, the sum of groups as epilogue.
        ["prologue"] = b => Messages(b),
        ["epilogue"] = b => Messages(b).Sum(IndexMap.TargetGroupNode) + b.Input("x", Space.Nodes, RowShape.Vector(32)).Linear(b.Input("root", Space.One, RowShape.Matrix(32, 16))),
        // A softmax over edges: one loop over nodes with a statement per number.
        ["segments"] = b => (b.Input("s", Space.Nodes, RowShape.Scalar).Along(IndexMap.EdgeSource).Tanh().Softmax(IndexMap.EdgeTarget)
            * b.Input("x", Space.Nodes, RowShape.Vector(32)).Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget),
        // The maximum is found while what is relative to it is summed: rows, and numbers of heads.
        ["online-softmax"] = b => (Exponentials(b, heads: 1).Weights * b.Input("x", Space.Nodes, RowShape.Vector(32)).Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget),
        ["online-softmax-heads"] = b =>
        {
            (Node weights, Node largest) = Exponentials(b, heads: 4);
            return weights.Sum(IndexMap.EdgeTarget).Log() + largest;
        },
        ["rank"] = b => b.Input("s", Space.Edges, RowShape.Scalar).Rank(IndexMap.EdgeTarget),
        // The same with a number per head; what edges share is a number of each head.
        ["segments-heads"] = b => (b.Input("s", Space.Nodes, new RowShape(4, 1, 1)).Along(IndexMap.EdgeSource).Tanh().Softmax(IndexMap.EdgeTarget)
            * b.Input("x", Space.Nodes, new RowShape(4, 1, 16)).Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget),
        ["dots-heads"] = b => (b.Input("x", Space.Nodes, new RowShape(8, 1, 16)).Along(IndexMap.SourceGroupNode) * b.Input("a", Space.EdgeTypes, new RowShape(8, 1, 16)).Along(IndexMap.SourceGroupType)).SumColumns(),
        // Narrow heads of one row: their weights lie side by side while they are used.
        ["heads-side-by-side"] = b => b.Input("x", Space.Nodes, RowShape.Vector(20)).Linear(b.Input("w", Space.NodeTypes, new RowShape(8, 20, 8)), IndexMap.NodeType),
        ["heads-side-by-side-sums"] = b => b.Input("x", Space.Nodes, RowShape.Vector(20)).Outer(b.Input("g", Space.Nodes, new RowShape(8, 1, 8)), IndexMap.NodeType),
        // The gradient of attention logits to the rows they were made from: products of heads, added as they are made.
        ["heads-of-products"] = b => (b.Input("s", Space.SourceGroups, new RowShape(4, 1, 1)) * b.Input("a", Space.EdgeTypes, new RowShape(4, 1, 32)).Along(IndexMap.SourceGroupType)).SumHeads().Sum(IndexMap.SourceGroupNode),
        // Sums over edges for several heads: one loop over the edges for all of them.
        ["heads-of-sums"] = b => (b.Input("x", Space.Nodes, new RowShape(4, 1, 16)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget) * b.Input("s", Space.Nodes, new RowShape(4, 1, 1))).SumHeads(),
        // Heads that are added up after a product.
        ["heads-summed"] = b => b.Input("x", Space.Nodes, new RowShape(2, 1, 16)).Linear(b.Input("w", Space.NodeTypes, new RowShape(2, 32, 16)), IndexMap.NodeType, transposed: true).SumHeads().Relu(),
        // Numbers of groups, and sums by type, in the order of nodes.
        ["dots"] = b => (b.Input("x", Space.Nodes, RowShape.Vector(26)).Along(IndexMap.SourceGroupNode) * b.Input("a", Space.EdgeTypes, RowShape.Vector(26)).Along(IndexMap.SourceGroupType)).SumColumns(),
        ["typed-sum"] = b => (b.Input("x", Space.Nodes, RowShape.Vector(26)).Along(IndexMap.EdgeSource) * b.Input("s", Space.Edges, RowShape.Scalar)).Sum(IndexMap.EdgeType),
        // Sums of rows and of numbers by type, in registers.
        ["column-sums"] = b => (b.Input("x", Space.Nodes, RowShape.Vector(26)) * b.Input("s", Space.Nodes, RowShape.Scalar)).Sum(IndexMap.NodeType),
        ["number-sums"] = b => b.Input("s", Space.Nodes, RowShape.Scalar).Exp().Sum(IndexMap.NodeType),
        // Sums by group that make a number for each edge on the way, and a cross-entropy in registers.
        ["items"] = b =>
        {
            Node g = b.Input("g", Space.Nodes, RowShape.Vector(26)).Along(IndexMap.EdgeTarget), y = b.Input("y", Space.SourceGroups, RowShape.Vector(26)).Along(IndexMap.EdgeSourceGroup);
            return (g * b.Input("s", Space.Edges, RowShape.Scalar)).Sum(IndexMap.EdgeSourceGroup).SumColumns().Sum(IndexMap.SourceGroupType) + (g * y).SumColumns().Sum(IndexMap.EdgeType);
        },
        ["mixed"] = b =>
        {
            Node x = b.Input("x", Space.Nodes, RowShape.Vector(16)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget), shifted = x - x.MaxColumns(), e = shifted.Exp(), sum = e.SumColumns();
            return ((sum.Log() - shifted.Pick(new IndexMap("label", Space.Nodes, Space.Fixed("class", 16)))) * (e / sum)).Linear(b.Input("w", Space.One, RowShape.Matrix(16, 16)));
        },
        // Kernels of one loop: a block of the product, and a transposed weight that stays packed.
        ["loop"] = b => b.Input("x", Space.Nodes, RowShape.Vector(32)).Linear(b.Input("w", Space.One, RowShape.Matrix(32, 32))).Exp()
            .Linear(b.Input("v", Space.NodeTypes, RowShape.Matrix(16, 32)), IndexMap.NodeType, transposed: true),
        // Rows of a list: a product reads them where they are, sums of outer products fetch those of the next tile.
        ["gathered"] = b => b.Input("x", Space.Nodes, RowShape.Vector(40)).Along(IndexMap.SourceGroupNode).Linear(b.Input("w", Space.EdgeTypes, RowShape.Matrix(40, 16)), IndexMap.SourceGroupType),
        ["gathered-sums"] = b => b.Input("x", Space.Nodes, RowShape.Vector(32)).Along(IndexMap.SourceGroupNode).Outer(b.Input("g", Space.SourceGroups, RowShape.Vector(16)), IndexMap.SourceGroupType),
        ["outer"] = b => b.Input("x", Space.Nodes, RowShape.Vector(32)).Outer(b.Input("g", Space.Nodes, RowShape.Vector(16)), IndexMap.NodeType),
    };

    public static TheoryData<string, int> Cases()
    {
        TheoryData<string, int> data = [];
        foreach (string name in Programs.Keys)
        {
            data.Add(name, 512);
            data.Add(name, 256);
        }
        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Text_is_as_accepted_and_compiles(string name, int vectorBits)
    {
        DeviceProfile profile = DeviceProfile.Cpu(cores: 2, vectorBits);
        KernelProgram program = Pipeline.Run(new GraphProgram([new Output("y", Programs[name](new ProgramBuilder()))]), new PipelineOptions(profile.Workers));
        EmittedKernel[] kernels = [.. program.Kernels.Select(k => KernelEmitter.Emit(k, profile))];
        KernelSource[] sources = [.. kernels.Select(k => k.Source), .. kernels.SelectMany(k => k.Parts).DistinctBy(p => p.Name)];
        Golden.Matches($"{name}-{vectorBits}", string.Join("\n", sources.Select(s => s.Text)));
        Assert.NotEmpty(KernelCompiler.Compile(sources));
    }

    private static (Node Weights, Node Largest) Exponentials(ProgramBuilder b, int heads)
    {
        Node logits = b.Input("s", Space.Nodes, new RowShape(heads, 1, 1)).Along(IndexMap.EdgeSource).Tanh(), largest = logits.Max(IndexMap.EdgeTarget);
        return ((logits - largest.Along(IndexMap.EdgeTarget)).Exp(), largest);
    }

    private static Node Messages(ProgramBuilder b) => b.Input("x", Space.Nodes, RowShape.Vector(32)).Along(IndexMap.EdgeSource)
        .Linear(b.Input("w", Space.EdgeTypes, RowShape.Matrix(32, 16)), IndexMap.EdgeType).Mean(IndexMap.EdgeTargetGroup);
}
