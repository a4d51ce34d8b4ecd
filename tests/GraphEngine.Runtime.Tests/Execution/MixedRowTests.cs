using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>
/// Numbers of rows and the rows they are made from in one kernel: at widths that are registers, that are not, and of more registers than are
/// unrolled.
/// </summary>
public sealed class MixedRowTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(26)]
    [InlineData(64)]
    [InlineData(150)]
    [InlineData(260)]
    public void Cross_entropy_of_sums_over_edges_and_its_gradient(int classes)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(classes)), bias = b.Parameter("bias", Space.One, RowShape.Vector(classes));
        Node scores = x.Along(IndexMap.EdgeSource).Mean(IndexMap.EdgeTarget) + bias;
        Node shifted = scores - scores.MaxColumns().Detach();
        Node loss = (shifted.Exp().SumColumns().Log() - shifted.Pick(new IndexMap("label", Space.Nodes, Space.Fixed("class", classes)))).Sum(IndexMap.ToOne(Space.Nodes));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([x, bias]);
        GraphProgram program = new([new Output("loss", loss), new Output("dx", gradients[x]), new Output("dbias", gradients[bias])]);
        Assert.Equal(classes is > 1 and <= 64, IsMixed(program));
        Random random = new(classes);
        DifferentialRun.Check(
            program,
            [.. new[] { UglyGraphs.Some(1).Topology, UglyGraphs.Some(4).Topology, UglyGraphs.WithoutEdges().Topology }.Select(t => t.With(
                new Dictionary<Space, int>(), new Dictionary<IndexMap, int[]> { [new IndexMap("label", Space.Nodes, Space.Fixed("class", classes))] = [.. Enumerable.Range(0, t.Count(Space.Nodes)).Select(_ => random.Next(classes))] }))],
            TestDevices.Cpu);
    }

    [Theory]
    [InlineData(16, 4)]
    [InlineData(9, 3)]
    [InlineData(150, 2)]
    public void Heads_that_are_normalised_each(int columns, int heads)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, new RowShape(heads, 1, columns));
        Node y = x.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget) + x;
        Node e = (y - y.MaxColumns().Detach()).Exp(), sum = e.SumColumns(), z = e / sum;
        Node loss = (z * z * z).SumColumns().SumHeads().Sum(IndexMap.ToOne(Space.Nodes));
        Node dx = loss.Gradients([x])[x];
        GraphProgram program = new([new Output("sum", sum), new Output("z", z), new Output("dx", dx)], [new Update(x, x - dx)]);
        Assert.Equal(columns * heads <= 64, IsMixed(program));
        DifferentialRun.Check(program, [UglyGraphs.Some(2).Topology, UglyGraphs.WithoutEdges().Topology], TestDevices.Cpu);
    }

    /// <summary>True when a kernel stores rows of two shapes.</summary>
    private static bool IsMixed(GraphProgram program) => CompiledProgram.Compile(program, TestDevices.Cpu).Kernels.Kernels
        .Any(k => k is Kernel.Traversal { IsFlat: false } t && t.Stores.Select(s => s.Target.Type.Row).Distinct().Count() > 1);
}
