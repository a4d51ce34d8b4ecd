using GraphEngine.Codegen;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>One program is bound to two sets of nodes of one graph, and what they have in common is on the device once.</summary>
public sealed class DeviceTopologyTests
{
    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Topologies_of_a_graph_share_the_tables_that_need_none_of_what_they_add(string name)
    {
        Device device = TestDevices.Get(name);
        for (int seed = 0; seed < (device.Profile.Kind == DeviceKind.Cpu ? 6 : 1); seed++)
        {
            HeteroGraph graph = UglyGraphs.Some(seed);
            (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 6, smooth: false, end: UglyGraphs.SomePapers);
            GraphProgram program = new([new Output("loss", loss), .. loss.Gradients(parameters).Select((g, i) => new Output($"g{i}", g.Value))]);
            CompiledProgram compiled = CompiledProgram.Compile(program, device, UglyGraphs.AlternatingStatistics);
            using DeviceTopology common = new(graph.Topology, device);
            using DeviceTopology one = common.With(UglyGraphs.WithSomePapers(graph, 0)), two = common.With(UglyGraphs.WithSomePapers(graph, 2));
            using TensorStore store = new(graph.Topology, device);

            MemoryEstimate estimate = DeviceTopology.Prepare([(compiled, one), (compiled, two)]);
            using Slab slab = new(device, estimate.Arena);
            using Executor first = new(compiled, one, store, slab), second = new(compiled, two, store, slab);
            foreach (Op.Leaf leaf in program.Leaves)
                store.Initialize(leaf, seed);
            one.Release();
            two.Release();
            common.Release();

            Assert.Equal(estimate.Indices, common.Bytes + one.Bytes + two.Bytes);
            Assert.True(common.Bytes > 0 && one.Bytes > 0 && two.Bytes > 0, $"{common.Bytes} bytes in common, {one.Bytes} and {two.Bytes} of their own.");
            Assert.Equal(0, DeviceTopology.Prepare([(compiled, two)], present: store, slabBytes: slab.Bytes).Total);
            long alone = 0;
            foreach ((Executor executor, DeviceTopology topology) in (IEnumerable<(Executor, DeviceTopology)>)[(first, one), (second, two), (first, one)])
            {
                using DeviceTopology own = new(topology.Topology, device);
                using Executor expected = new(compiled, own, store);
                alone += own.Bytes;
                expected.Run();
                executor.Run();
                foreach (Output output in program.Outputs)
                    Assert.Equal(expected.Read(output.Name), executor.Read(output.Name));
            }
            Assert.True(estimate.Indices < alone * 2 / 3, $"{estimate.Indices} bytes for both, {alone} for one of them and twice the other.");
        }
    }
}
