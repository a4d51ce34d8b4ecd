using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Kernels;

public sealed class ArenaPlanTests
{
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(0, 40)];

    [Theory, MemberData(nameof(Seeds))]
    public void Live_tensors_never_share_bytes_and_the_slab_is_no_larger_than_their_sum(int seed)
    {
        Topology topology = UglyGraphs.Some(1).Topology;
        KernelProgram kernels = Lower(seed);
        ArenaPlan plan = ArenaPlan.Run(kernels, b => Bytes(b, topology));
        bool Follows(ArenaSlot next, ArenaSlot before) => next.Predecessor == before.Buffer && next.First == before.Last && next.Offset == before.Offset && next.Bytes == before.Bytes;
        Assert.All(plan.Slots, s => Assert.Equal(0, s.Offset % ArenaPlan.Alignment));
        foreach (ArenaSlot a in plan.Slots)
        {
            foreach (ArenaSlot b in plan.Slots.Where(b => !ReferenceEquals(a, b) && a.First <= b.Last && b.First <= a.Last))
                Assert.True(Follows(a, b) || Follows(b, a) || a.Offset + a.Bytes <= b.Offset || b.Offset + b.Bytes <= a.Offset, $"{a.Buffer} and {b.Buffer} are alive together and share bytes.");
        }
        Assert.Equal(kernels.Temporaries.ToHashSet(), plan.Slots.Select(s => s.Buffer).ToHashSet());
        Assert.True(plan.Bytes <= plan.Slots.Sum(s => s.Bytes));
        Assert.True(plan.Bytes >= Enumerable.Range(0, kernels.LaunchCount).Max(k => plan.Slots.Where(s => s.First <= k && k <= s.Last).GroupBy(s => s.Offset).Sum(s => s.First().Bytes)));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Every_kernel_reads_what_an_earlier_one_wrote_and_leaves_before_they_change(int seed)
    {
        KernelProgram kernels = Lower(seed);
        HashSet<TensorBuffer> written = [];
        foreach (IGrouping<int, Kernel> launch in kernels.Kernels.Zip(kernels.Launches).GroupBy(k => k.Second, k => k.First))
        {
            // A kernel may read again what it wrote itself, and its own rows of what the same lane wrote just before.
            List<Kernel> earlier = [];
            foreach (Kernel kernel in launch)
            {
                TensorBuffer[] ownRows = [.. earlier.Where(w => w is not Kernel.Combine && kernel is not Kernel.Combine && w.Work == kernel.Work).SelectMany(w => w.Writes).Where(w => ReadsOwnRows(kernel, w))];
                Assert.All(kernel.Reads.Except(kernel.Writes.Where(w => !w.IsPersistent)).Except(ownRows), r => Assert.True(r.IsPersistent != written.Contains(r), $"{kernel.Name} reads {r} {(r.IsPersistent ? "after it changed" : "before it is written")}."));
                earlier.Add(kernel);
            }
            written.UnionWith(launch.SelectMany(k => k.Writes));
        }
    }

    private static bool ReadsOwnRows(Kernel kernel, TensorBuffer tensor) => !tensor.IsPersistent && !(kernel is Kernel.Gemm gemm && gemm.Weight == tensor)
        && kernel.Expressions.SelectMany(e => e.Descendants()).OfType<Expression.Load>().Where(l => l.Buffer == tensor).All(l => l.Index == new RowIndex(kernel.Row, null));

    private static KernelProgram Lower(int seed)
    {
        (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 12, smooth: false);
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([.. parameters]);
        Program program = new([new Output("loss", loss)], [.. parameters.Select(p => new Update(p, p - (gradients[p] * 0.1)))]);
        return Pipeline.Run(program, new PipelineOptions(Workers: 4));
    }

    private static long Bytes(TensorBuffer b, Topology topology) => 4L * b.Type.Row.Size * (b.FixedRows > 0 ? b.FixedRows : topology.Count(b.Type.Space));
}
