using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>
/// Numbers of edges that the loop of a sum makes, at widths of a few registers, of many, and of none; on graphs with empty groups, hubs and no edges.
/// </summary>
public sealed class SharedGatherTests
{
    [Theory]
    [InlineData(16, 1)]
    [InlineData(64, 1)]
    [InlineData(26, 1)]
    [InlineData(150, 1)]
    [InlineData(300, 1)]
    [InlineData(16, 4)]
    [InlineData(17, 3)]
    public void Sums_by_group_and_numbers_of_their_edges(int columns, int heads)
    {
        ProgramBuilder b = new();
        RowShape row = new(heads, 1, columns), number = row with { Columns = 1 };
        Node g = b.Input("g", Space.Nodes, row).Along(IndexMap.EdgeTarget), y = b.Input("y", Space.SourceGroups, row).Along(IndexMap.EdgeSourceGroup), s = b.Input("s", Space.Edges, number);
        GraphProgram program = new([new Output("sums", (g * s).Sum(IndexMap.EdgeSourceGroup)), new Output("numbers", (g * y).SumColumns() + s)]);
        CompiledProgram compiled = CompiledProgram.Compile(program, TestDevices.Cpu, null, new HashSet<string>());
        Assert.Single(compiled.Kernels.Kernels);
        DifferentialRun.Check(program, [UglyGraphs.Some(1).Topology, UglyGraphs.Some(3).Topology, UglyGraphs.WithoutEdges().Topology], TestDevices.Cpu);
    }

    [Theory]
    [InlineData(64, 1, true)]
    [InlineData(16, 4, true)]
    [InlineData(7, 3, true)]
    [InlineData(1, 1, false)]
    public void Gradients_of_attention_over_both_sides(int columns, int heads, bool isShared)
    {
        ProgramBuilder b = new();
        RowShape row = new(heads, 1, columns);
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(64)), w = b.Parameter("w", Space.EdgeTypes, new RowShape(heads, 64, columns)), a = b.Parameter("a", Space.EdgeTypes, row);
        Node z = x.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType);
        Node scores = ((z * a.Along(IndexMap.EdgeType)).SumColumns() * 0.2).Softmax(IndexMap.EdgeTarget);
        Node y = (z * scores).Sum(IndexMap.EdgeTarget);
        Node loss = (y * y).SumColumns().SumHeads().Sum(IndexMap.ToOne(Space.Nodes)) * 1e-2;
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([x, w, a]);
        GraphProgram program = new([new Output("loss", loss), .. gradients.Select(g => new Output($"d{((Op.Leaf)g.Key.Op).Name}", g.Value))]);
        CompiledProgram compiled = CompiledProgram.Compile(program, TestDevices.Cpu, UglyGraphs.AlternatingStatistics);
        Assert.Equal(isShared, compiled.Kernels.Kernels.Any(k => k is Kernel.Traversal { ItemStores.Count: > 0 }));
        foreach (RelationStatistics? statistics in (RelationStatistics?[])[null, UglyGraphs.AlternatingStatistics])
            DifferentialRun.Check(program, [UglyGraphs.Some(2).Topology, UglyGraphs.WithoutEdges().Topology], TestDevices.Cpu, statistics);
    }
}
