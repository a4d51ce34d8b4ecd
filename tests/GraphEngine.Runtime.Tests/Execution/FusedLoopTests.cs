using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>Graphs of many blocks, with types of few rows among types of many.</summary>
public sealed class FusedLoopTests
{
    private static readonly HeteroGraph Graph = Make();

    [Theory]
    [InlineData(64, 64)]
    [InlineData(64, 26)]
    [InlineData(40, 100)]
    public void Layers_with_their_gradients(int k, int n)
    {
        (GraphProgram program, _) = Layer(k, n, heads: 1);
        DifferentialRun.Check(program, [Graph.Topology], TestDevices.Cpu, RelationStatistics.Of(Graph));
    }

    [Fact]
    public void Layers_of_several_heads_without_statistics()
    {
        (GraphProgram program, _) = Layer(64, 16, heads: 4);
        DifferentialRun.Check(program, [Graph.Topology], TestDevices.Cpu);
    }

    [Fact]
    public void Graphs_of_less_than_a_block_and_without_edges()
    {
        (GraphProgram program, _) = Layer(64, 64, heads: 1);
        DifferentialRun.Check(program, [UglyGraphs.Some(2).Topology, UglyGraphs.WithoutEdges().Topology], TestDevices.Cpu, UglyGraphs.ManyNodes);
    }

    [Fact]
    public void Loops_save_memory_and_two_runs_agree_to_the_bit()
    {
        (GraphProgram program, IReadOnlyList<string> outputs) = Layer(64, 64, heads: 1);
        Assert.Equal(Run(program, outputs), Run(program, outputs));
        long Bytes(params string[] disabled)
        {
            KernelProgram kernels = Pipeline.Run(program, new PipelineOptions(Workers: 2, RelationStatistics.Of(Graph), disabled.ToHashSet()));
            return ArenaPlan.Run(kernels, b => TensorStore.BytesOf(MemoryEstimate.Length(b, Graph.Topology))).Bytes;
        }

        (long fused, long apart) = (Bytes(), Bytes("loop-fusion"));
        Assert.True(fused < apart, $"{fused} bytes of temporaries with loops fused, {apart} without.");
    }

    private static float[][] Run(GraphProgram program, IReadOnlyList<string> outputs)
    {
        CompiledProgram compiled = CompiledProgram.Compile(program, TestDevices.Cpu, RelationStatistics.Of(Graph), new HashSet<string>());
        using TensorStore store = new(Graph.Topology, compiled.Device);
        using DeviceTopology tables = new(Graph.Topology, compiled.Device);
        foreach (Op.Leaf leaf in program.Leaves)
        {
            store.Add(leaf);
            Random random = new(leaf.Name.Length);
            store.Write(leaf.Name, [.. Enumerable.Range(0, Graph.Topology.Count(leaf.Type.Space) * leaf.Type.Row.Size).Select(_ => random.NextSingle() - 0.5f)]);
        }
        using Executor executor = new(compiled, tables, store);
        executor.Run();
        return [.. outputs.Select(executor.Read)];
    }

    /// <summary>Attention over typed messages, then a typed product for each node type, with a loss and all gradients.</summary>
    private static (GraphProgram Program, IReadOnlyList<string> Outputs) Layer(int k, int n, int heads)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(k)), w = b.Parameter("w", Space.EdgeTypes, new RowShape(heads, k, n));
        Node a = b.Parameter("a", Space.One, new RowShape(heads, 1, n)), root = b.Parameter("root", Space.NodeTypes, RowShape.Matrix(n, n)), bias = b.Parameter("bias", Space.NodeTypes, RowShape.Vector(n));
        Node z = x.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType);
        Node scores = ((z * a).SumColumns() * 0.2).Softmax(IndexMap.EdgeTarget);
        Node h = b.Dropout((z * scores).Sum(IndexMap.EdgeTarget).SumHeads(), 0.2f).Gelu();
        Node y = h.Linear(root, IndexMap.NodeType) + bias.Along(IndexMap.NodeType);
        Node loss = (y * y).SumColumns().Sum(IndexMap.ToOne(Space.Nodes)) * 1e-3;
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([x, w, a, root, bias]);
        Output[] outputs = [new("loss", loss), .. gradients.Select(g => new Output($"d{((Op.Leaf)g.Key.Op).Name}", g.Value))];
        return (new GraphProgram(outputs), [.. outputs.Select(o => o.Name)]);
    }

    private static HeteroGraph Make()
    {
        Random random = new(5);
        int[] counts = [3000, 700, 2];
        List<EdgeType> types = [new("many", "a", "a"), new("some", "a", "b"), new("back", "b", "a"), new("few", "c", "a")];
        List<int> sizes = [6000, 3000, 2000, 3];
        for (int i = 0; i < 30; i++)
        {
            types.Add(new EdgeType($"rare{i}", i % 2 == 0 ? "a" : "b", "b"));
            sizes.Add(i % 6);
        }
        int Count(string type) => counts[type[0] - 'a'];
        return new HeteroGraph(
            new GraphSchema([new NodeType("a"), new NodeType("b"), new NodeType("c")], types), counts,
            [.. types.Zip(sizes, (t, size) => new EdgeList([.. Enumerable.Range(0, size).Select(_ => random.Next(Count(t.Source)))], [.. Enumerable.Range(0, size).Select(_ => random.Next(Count(t.Target)))]))]);
    }
}
