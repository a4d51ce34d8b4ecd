using GraphEngine.Codegen;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>
/// Rows of very different lengths, whose items are shared by as many lanes of a group as they are worth: hubs, usual nodes and isolated ones.
/// </summary>
public sealed class TeamTests
{
    private static readonly HeteroGraph Hubs = WithHubs();

    public static TheoryData<string, int, int> Shapes()
    {
        TheoryData<string, int, int> data = [];
        foreach (string device in TestDevices.Names.Select(n => n.Data))
        {
            foreach ((int heads, int width) in ((int, int)[])[(1, 1), (1, 7), (3, 5), (2, 16), (1, 64)])
                data.Add(device, heads, width);
        }
        return data;
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Rows_of_all_lengths(string device, int heads, int width) =>
        DifferentialRun.Check(new GraphProgram(Outputs(heads, width)), [Hubs.Topology], TestDevices.Get(device), RelationStatistics.Of(Hubs));

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Further_runs_give_what_the_first_one_gave(string device)
    {
        GraphProgram program = new(Outputs(heads: 1, width: 16));
        CompiledProgram compiled = CompiledProgram.Compile(program, TestDevices.Get(device), RelationStatistics.Of(Hubs), cache: new KernelCache(folder: null));
        using TensorStore store = new(Hubs.Topology, compiled.Device);
        using DeviceTopology tables = new(Hubs.Topology, compiled.Device);
        foreach (Op.Leaf leaf in program.Leaves)
        {
            store.Add(leaf);
            Random random = new(leaf.Name.Length);
            store.Write(leaf.Name, [.. Enumerable.Range(0, Hubs.Topology.Count(leaf.Type.Space) * leaf.Type.Row.Size).Select(_ => random.NextSingle() - 0.5f)]);
        }
        using Executor executor = new(compiled, tables, store);
        float[][] Run()
        {
            executor.Run();
            return [.. program.Outputs.Select(o => executor.Read(o.Name))];
        }

        float[][] first = Run();
        Assert.All(first, values => Assert.Contains(values, v => v != 0));
        Assert.Equal(first, Run());
        Assert.Equal(first, Run());
    }

    private static List<Output> Outputs(int heads, int width)
    {
        ProgramBuilder b = new();
        RowShape row = new(heads, 1, width), number = new(heads, 1, 1);
        Node x = b.Input("x", Space.Nodes, row), y = b.Input("y", Space.Nodes, row), e = b.Input("e", Space.Edges, number), w = b.Input("w", Space.EdgeTypes, new RowShape(heads, width, width));
        Node messages = x.Along(IndexMap.EdgeSource), k = b.Input("k", Space.Edges, RowShape.Scalar).Tanh();
        return
        [
            new("sum", (messages * e).Sum(IndexMap.EdgeTarget)),
            new("max", messages.Max(IndexMap.EdgeTarget)),
            new("numbers", e.Sum(IndexMap.EdgeTarget)),
            new("largest", e.Max(IndexMap.EdgeSource)),
            new("group numbers", e.Sum(IndexMap.EdgeTargetGroup)),
            new("softmax", (e * 4f).Softmax(IndexMap.EdgeTarget)),
            new("softmax of ranks", (k - (k.Rank(IndexMap.EdgeTarget) * 0.01f)).Softmax(IndexMap.EdgeTarget)),
            new("below the other end's", (k - k.Max(IndexMap.EdgeSource).Along(IndexMap.EdgeTarget)).Exp()),
            new("attention", (messages * (e + y.Dot(x).Along(IndexMap.EdgeTarget)).LeakyRelu(0.2f).Softmax(IndexMap.EdgeTarget)).Sum(IndexMap.EdgeTarget) + y),
            new("types", e.Sum(IndexMap.EdgeType)),
            new("rows by type", (messages * e).Sum(IndexMap.EdgeType)),
            new("bias", x.Sum(IndexMap.NodeType)),
            new("product", x.Along(IndexMap.TargetGroupNode).Linear(w, IndexMap.TargetGroupType)),
            new("weights", x.Along(IndexMap.TargetGroupNode).Outer(y.Along(IndexMap.TargetGroupNode), IndexMap.TargetGroupType)),
            new("lengths", (x * x).SumColumns() + (x * y).MaxColumns()),
            new("loss", ((x * y).SumColumns() * x.Dot(x).Tanh()).Sum(IndexMap.ToOne(Space.Nodes))),
        ];
    }

    /// <summary>
    /// Two node types of 400 and 300 nodes; node 3 has 3000 edges of one relation, node 5 200 of each, a hundred nodes some, the others none.
    /// </summary>
    private static HeteroGraph WithHubs()
    {
        Random random = new(5);
        EdgeList Edges(params (int Count, Func<int> Target)[] parts) => new(
            [.. parts.SelectMany(p => Enumerable.Range(0, p.Count).Select(_ => random.Next(350)))],
            [.. parts.SelectMany(p => Enumerable.Range(0, p.Count).Select(_ => p.Target()))]);
        return new HeteroGraph(
            new GraphSchema([new NodeType("a"), new NodeType("b")], [new EdgeType("likes", "a", "a"), new EdgeType("knows", "a", "a"), new EdgeType("never", "b", "a")]),
            [400, 300], [Edges((3000, () => 3), (200, () => 5), (500, () => 10 + random.Next(100))), Edges((200, () => 5), (40, () => random.Next(400))), EdgeList.Empty]);
    }
}
