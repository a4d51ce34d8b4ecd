using GraphEngine.Codegen;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Runtime;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

public sealed class MemoryEstimateTests
{
    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void The_estimate_is_what_is_allocated(string name)
    {
        Device device = TestDevices.Get(name);
        for (int seed = 0; seed < (device.Profile.Kind == DeviceKind.Cpu ? 10 : 1); seed++)
        {
            (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 10, smooth: false);
            GraphProgram program = new([new Output("loss", loss), .. loss.Gradients(parameters).Select((g, i) => new Output($"g{i}", g.Value))]);
            CompiledProgram compiled = CompiledProgram.Compile(program, device, UglyGraphs.AlternatingStatistics);
            Topology topology = UglyGraphs.Some(seed).Topology;
            using DeviceTopology tables = new(topology, device);
            MemoryEstimate estimate = DeviceTopology.Prepare([(compiled, tables)]);
            using TensorStore store = new(topology, device);
            using Executor executor = new(compiled, tables, store);
            Assert.Equal(new MemoryEstimate(store.Bytes, executor.Arena.Bytes, tables.Bytes) { Copies = tables.Bytes }, estimate);
            tables.Release();
            executor.Run();
            Assert.Equal(estimate.Indices, tables.Bytes);
        }
    }

    [Fact]
    public void A_tensor_of_more_elements_than_a_kernel_can_tell_apart_is_refused()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(349));
        CompiledProgram compiled = CompiledProgram.Compile(new GraphProgram([new Output("y", x * 2f)]), TestDevices.Cpu);
        Topology topology = new([new(Space.Nodes, 7_300_000)], []);
        Assert.StartsWith(
            "The tensor 'x' of type nodes[349] would have 2547700000 elements", Assert.Throws<NotSupportedException>(() => MemoryEstimate.RequireIndexable([new PlannedProgram(compiled.Kernels, compiled.Emitted, new IndexTables(topology))])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_the_figures()
    {
        MemoryEstimate estimate = new(3_000_000_000_000, 2_000_000_000_000, 1_000_000_000);
        string message = Assert.Throws<InsufficientMemoryException>(() => estimate.Require(TestDevices.Cpu)).Message;
        Assert.StartsWith(
            "This needs 5001.00 GB on cpu (3000.00 for inputs, parameters and optimiser, 2000.00 for temporaries, 1.00 for index tables), but ", message, StringComparison.Ordinal);
        new MemoryEstimate(1, 1, 1).Require(TestDevices.Cpu);
        Assert.EndsWith(
            " are free; use narrower layers, fewer heads, a smaller graph or another device.",
            Assert.Throws<InsufficientMemoryException>(() => new MemoryEstimate(1, 1, 1) { Copies = 5_000_000_000_000 }.Require(TestDevices.Cpu)).Message, StringComparison.Ordinal);
    }
}
