using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>A program is bound to one device and one graph; anything else is refused before memory is read.</summary>
public sealed class BindingTests
{
    [Fact]
    public void A_store_of_another_graph_is_refused_with_both_counts()
    {
        CompiledProgram program = Doubled(8);
        using DeviceTopology tables = new(Nodes(100), TestDevices.Cpu);
        using TensorStore store = new(Nodes(10), TestDevices.Cpu), empty = new(new Topology([new(Space.Edges, 1)], []), TestDevices.Cpu);

        Assert.Equal(
            "The store has 10 rows of the space 'nodes' for the tensor 'x', but the graph that the program is bound to has 100; make the store for that graph.",
            Assert.Throws<ArgumentException>(() => new Executor(program, tables, store)).Message);
        Assert.StartsWith("The store has 0 rows of the space 'nodes'", Assert.Throws<ArgumentException>(() => new Executor(program, tables, empty)).Message, StringComparison.Ordinal);
        Assert.Empty(store.Leaves);
    }

    [Fact]
    public void What_lies_on_another_device_is_refused_with_the_names_of_both()
    {
        CompiledProgram program = Doubled(8);
        using Device other = DeviceCatalogue.Open("cpu");
        using DeviceTopology tables = new(Nodes(10), TestDevices.Cpu), foreignTables = new(Nodes(10), other);
        using TensorStore store = new(Nodes(10), TestDevices.Cpu), foreignStore = new(Nodes(10), other);
        using Slab foreignSlab = new(other, 4096);

        Assert.Equal(
            $"The tensors of the store lie on {other}, but the program was compiled for that device opened another time; open the device once and use it for both.",
            Assert.Throws<ArgumentException>(() => new Executor(program, tables, foreignStore)).Message);
        Assert.StartsWith("The index tables lie on cpu (", Assert.Throws<ArgumentException>(() => new Executor(program, foreignTables, store)).Message, StringComparison.Ordinal);
        Assert.StartsWith("The shared memory lies on cpu (", Assert.Throws<ArgumentException>(() => new Executor(program, tables, store, foreignSlab)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_kernels_cannot_index_is_refused_without_a_forecast()
    {
        CompiledProgram program = Doubled(349);
        Topology topology = Nodes(7_300_000);
        using DeviceTopology tables = new(topology, TestDevices.Cpu);
        using TensorStore store = new(topology, TestDevices.Cpu);

        Assert.StartsWith("The tensor 'x' of type nodes[349] would have 2547700000 elements", Assert.Throws<NotSupportedException>(() => new Executor(program, tables, store)).Message, StringComparison.Ordinal);
        Assert.Empty(store.Leaves);
    }

    [Fact]
    public void A_map_that_a_graph_lacks_is_told_as_one_error()
    {
        ProgramBuilder b = new();
        Node sum = b.Input("x", Space.Nodes, RowShape.Vector(8)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget);
        CompiledProgram program = CompiledProgram.Compile(new GraphProgram([new Output("y", sum)]), TestDevices.Cpu);
        using DeviceTopology tables = new(new Topology([new(Space.Nodes, 3), new(Space.Edges, 5)], []), TestDevices.Cpu);

        Assert.Throws<ArgumentException>(() => DeviceTopology.Prepare([(program, tables)]));
    }

    private static CompiledProgram Doubled(int width)
    {
        ProgramBuilder b = new();
        return CompiledProgram.Compile(new GraphProgram([new Output("y", b.Input("x", Space.Nodes, RowShape.Vector(width)) * 2f)]), TestDevices.Cpu);
    }

    private static Topology Nodes(int count) => new([new(Space.Nodes, count)], []);
}
