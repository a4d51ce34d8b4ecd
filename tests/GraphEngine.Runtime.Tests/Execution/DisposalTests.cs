using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

/// <summary>What was disposed refuses work on the caller's thread: a lane or a driver that found its memory gone would end the process.</summary>
public sealed class DisposalTests
{
    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void What_was_disposed_is_named_before_anything_is_launched(string name)
    {
        Device device = TestDevices.Get(name);
        foreach (string disposed in (string[])["executor", "program", "store", "topology", "slab"])
        {
            using Bound bound = new(device);
            bound.Executor.Run();
            IDisposable gone = disposed switch { "executor" => bound.Executor, "program" => bound.Program, "store" => bound.Store, "topology" => bound.Tables, _ => bound.Slab };
            gone.Dispose();
            gone.Dispose();

            foreach (Action use in (Action[])[bound.Executor.Run, () => bound.Executor.Profile(), () => bound.Executor.Read("y"), bound.Executor.Synchronize])
                Assert.Equal(gone.GetType().FullName, Assert.Throws<ObjectDisposedException>(use).ObjectName);
        }
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_store_or_topology_that_was_disposed_takes_and_gives_nothing(string name)
    {
        using Bound bound = new(TestDevices.Get(name));
        Op.Leaf leaf = Assert.Single(bound.Store.Leaves);
        bound.Store.Dispose();

        foreach (Action use in (Action[])[() => bound.Store.Add(leaf), () => bound.Store.Write("x", []), () => bound.Store.Initialize(leaf, 1), () => bound.Store.Read("x"), bound.Bind])
            Assert.Equal(typeof(TensorStore).FullName, Assert.Throws<ObjectDisposedException>(use).ObjectName);

        using Bound other = new(bound.Program.Device);
        other.Tables.Dispose();
        foreach (Action use in (Action[])[other.Bind, () => DeviceTopology.Prepare([(other.Program, other.Tables)])])
            Assert.Equal(typeof(DeviceTopology).FullName, Assert.Throws<ObjectDisposedException>(use).ObjectName);
    }

    [Fact]
    public void Tables_in_common_are_missed_when_they_are_gone()
    {
        using Bound bound = new(TestDevices.Cpu);
        using DeviceTopology part = bound.Tables.With(bound.Tables.Topology);
        using Executor executor = new(bound.Program, part, bound.Store);
        executor.Run();
        bound.Tables.Dispose();

        Assert.Throws<ObjectDisposedException>(executor.Run);
    }

    [Theory]
    [InlineData("cpu"), InlineData("opencl:0")]
    public void A_closed_device_refuses_everything_but_to_be_disposed_of(string id)
    {
        Assert.SkipUnless(DeviceCatalogue.List().Any(d => d.Id == id), $"This machine has no {id}.");
        Device device = DeviceCatalogue.Open(id);
        Bound bound = new(device);
        bound.Executor.Run();
        bound.Executor.Run();
        device.Dispose();
        device.Dispose();

        foreach (Action use in (Action[])[bound.Executor.Run, () => bound.Executor.Read("y"), () => bound.Store.Read("x"), bound.Bind, device.Synchronize, () => _ = device.FreeBytes, () => _ = new Slab(device, 64)])
            Assert.Equal(typeof(Device).FullName, Assert.Throws<ObjectDisposedException>(use).ObjectName);
        bound.Dispose();
    }

    [Fact]
    public async Task A_device_that_is_disposed_while_another_thread_runs_waits_for_the_run()
    {
        using Device device = DeviceCatalogue.Open("cpu");
        using Bound bound = new(device);
        using ManualResetEventSlim running = new();
        Task<int> runs = Task.Run(() =>
        {
            for (int count = 0; ; count++)
            {
                try
                {
                    bound.Executor.Run();
                    running.Set();
                }
                catch (ObjectDisposedException)
                {
                    return count;
                }
            }
        });
        running.Wait(TestContext.Current.CancellationToken);

        device.Dispose();

        Assert.InRange(await runs, 1, int.MaxValue);
    }

    [Fact]
    public void Threads_that_share_a_slab_take_turns()
    {
        Device device = TestDevices.Cpu;
        using Bound bound = new(device);
        using Executor other = new(bound.Program, bound.Tables, bound.Store, bound.Slab);
        bound.Executor.Run();
        float[] expected = bound.Executor.Read("y");

        Parallel.For(0, 200, i =>
        {
            Executor executor = i % 2 == 0 ? bound.Executor : other;
            executor.Run();
            Assert.Equal(expected, executor.Read("y"));
        });
    }

    private sealed class Bound : IDisposable
    {
        public Bound(Device device)
        {
            ProgramBuilder b = new();
            Node x = b.Input("x", Space.Nodes, RowShape.Vector(16));
            GraphProgram program = new([new Output("y", x.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget).Tanh().SumColumns() * x)]);
            Topology topology = UglyGraphs.Some(3).Topology;
            Program = CompiledProgram.Compile(program, device);
            Tables = new DeviceTopology(topology, device);
            Store = new TensorStore(topology, device);
            Op.Leaf leaf = program.Leaves.Single();
            Store.Add(leaf);
            Store.Initialize(leaf with { Init = Initializer.Glorot(3, 3) }, 1);
            Slab = new Slab(device, 1 << 20);
            Executor = new Executor(Program, Tables, Store, Slab);
        }

        public CompiledProgram Program { get; }

        public DeviceTopology Tables { get; }

        public TensorStore Store { get; }

        public Slab Slab { get; }

        public Executor Executor { get; }

        public void Bind() => new Executor(Program, Tables, Store).Dispose();

        public void Dispose()
        {
            Executor.Dispose();
            Slab.Dispose();
            Store.Dispose();
            Tables.Dispose();
            Program.Dispose();
        }
    }
}
