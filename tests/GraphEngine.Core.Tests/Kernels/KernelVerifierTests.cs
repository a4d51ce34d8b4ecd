using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Kernels;

public sealed class KernelVerifierTests
{
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(0, 60)];

    [Theory, MemberData(nameof(Seeds))]
    public void Kernels_of_random_programs_are_sound(int seed)
    {
        (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 14, smooth: false);
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([.. parameters]);
        Program program = new([new Output("loss", loss)], [.. parameters.Select(p => new Update(p, p - (gradients[p] * 0.1)))]);
        // The pipeline ends with the check.
        Pipeline.Run(program, new PipelineOptions(Workers: 3, seed % 2 == 0 ? UglyGraphs.ManyNodes : null));
    }

    public static TheoryData<string> Defects() => [.. Broken.Keys];

    private static readonly Dictionary<string, (Func<KernelProgram, KernelProgram> Break, string Sentence)> Broken = new()
    {
        ["order"] = (p => p with { Kernels = [.. p.Kernels.Reverse()] }, "the kernel combine_6 reads partials_6 before it is written."),
        ["launches"] = (p => p with { Launches = [.. p.Launches.Reverse()] }, "4 kernels are in launches 1, 1, 0, 0, which is no order."),
        ["shape"] = (
            p => With(p, 0, k => k is Kernel.Gemm g ? g with { Store = g.Store with { Target = new TensorBuffer("odd", new TensorType(Space.Nodes, RowShape.Vector(9)), false) } } : k),
            "the kernel gemm_3 stores rows of nodes[4] in odd : nodes[9]."),
        ["space"] = (
            p => With(p, 0, k => k is Kernel.Gemm g ? g with { A = Load(g.A, IndexMap.NodeType) } : k),
            "the kernel gemm_3 reads rows of ntypes[3] from x : nodes[3]."),
        ["map"] = (
            p => With(p, 0, k => k is Kernel.Gemm g ? g with { A = Load(g.A, IndexMap.EdgeSource) } : k),
            "the kernel gemm_3 reads a row by edge.source in the loop i, which does not lead there."),
        ["transposed"] = (p => With(p, 0, k => k is Kernel.Gemm g ? g with { Transposed = true } : k), "the kernel gemm_3 multiplies 3 by 3x4 transposed to 4."),
        ["loop"] = (
            p => p with { Kernels = [.. p.Kernels.Select(k => k is Kernel.Traversal t ? t with { Row = new LoopVariable("j") } : k)] },
            "uses the loop i outside of it."),
        ["changed"] = (
            p => p with { Kernels = [Update(p), .. p.Kernels], Launches = [0, .. p.Launches.Select(l => l + 1)] },
            "the kernel gemm_3 reads x after it has changed."),
        ["written beside it"] = (
            p => p with { Kernels = [.. p.Kernels.Take(2), p.Kernels[0] with { Row = new LoopVariable("j") }, .. p.Kernels.Skip(2)], Launches = [.. p.Launches.Take(2), p.Launches[1], .. p.Launches.Skip(2)] },
            "while it is written."),
        ["fused"] = (p => p with { Loops = [new FusedLoop(0, 3, 48)] }, "does not visit the rows of gemm_3."),
    };

    [Theory, MemberData(nameof(Defects))]
    public void A_defect_is_named(string defect)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(3)), w = b.Input("w", Space.NodeTypes, RowShape.Matrix(3, 4));
        Node y = x.Linear(w, IndexMap.NodeType).Tanh();
        KernelProgram program = Pipeline.Run(
            new Program([new Output("y", y), new Output("s", y.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget)), new Output("t", y.Sum(IndexMap.ToOne(Space.Nodes)))]), new PipelineOptions(Workers: 2));
        (Func<KernelProgram, KernelProgram> breakIt, string sentence) = Broken[defect];
        Assert.Contains(sentence, Assert.Throws<IrException>(() => KernelVerifier.Verify(breakIt(program))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Statements_of_segments_read_what_came_before()
    {
        ProgramBuilder b = new();
        Node l = b.Input("l", Space.Edges, RowShape.Scalar), p = (l - l.Max(IndexMap.EdgeTarget).Along(IndexMap.EdgeTarget)).Exp();
        KernelProgram program = Pipeline.Run(new Program([new Output("p", p), new Output("s", p.Sum(IndexMap.EdgeTarget))]), new PipelineOptions(Workers: 2));
        Kernel.Segments segments = Assert.Single(program.Kernels.OfType<Kernel.Segments>());
        KernelProgram turned = program with { Kernels = [.. program.Kernels.Select(k => ReferenceEquals(k, segments) ? segments with { Statements = [.. segments.Statements.Reverse()] } : k)] };
        Assert.Contains("before it is written", Assert.Throws<IrException>(() => KernelVerifier.Verify(turned)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_two_loops_share_is_looked_at_in_both()
    {
        LoopVariable row = new("i");
        LoopVariable first = new("p0", IndexMap.EdgeTarget, new RowIndex(row, null)), second = new("p1", IndexMap.EdgeTarget, new RowIndex(row, null));
        TensorBuffer x = new("x", new TensorType(Space.Edges, RowShape.Scalar), isPersistent: true), y = new("y", new TensorType(Space.Nodes, RowShape.Scalar), isPersistent: false);
        Expression shared = new Expression.Load(x, RowIndex.ItemOf(first), RowShape.Scalar);
        Expression sum = new Expression.Binary(BinaryKind.Add, new Expression.Reduce(first, ReduceKind.Sum, shared), new Expression.Reduce(second, ReduceKind.Sum, shared), RowShape.Scalar);
        KernelProgram program = new([new Kernel.Traversal("rows", row, Space.Nodes, [new Store(y, sum)], IsFlat: false)], new Dictionary<string, TensorBuffer>(), new Dictionary<Op.Leaf, TensorBuffer>()) { Launches = [0] };
        Assert.Contains("uses the loop p0 outside of it", Assert.Throws<IrException>(() => KernelVerifier.Verify(program)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_is_there_when_the_program_has_run()
    {
        ProgramBuilder b = new();
        Node x = b.State("x", Space.Nodes, RowShape.Vector(3), Initializer.Zero);
        KernelProgram program = Pipeline.Run(new Program([new Output("y", x + 1)], [new Update(x, x * 2)]), new PipelineOptions(Workers: 2));
        foreach (TensorBuffer wrong in (TensorBuffer[])[program.Leaves.Values.First(), new TensorBuffer("never", x.Type, isPersistent: false)])
        {
            KernelProgram broken = program with { Outputs = new Dictionary<string, TensorBuffer> { ["y"] = wrong } };
            Assert.Contains("the output 'y' is in", Assert.Throws<IrException>(() => KernelVerifier.Verify(broken)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_block_of_a_tensor_is_of_use_to_its_loop_alone()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(3)), w = b.Input("w", Space.NodeTypes, RowShape.Matrix(3, 4));
        KernelProgram program = Pipeline.Run(new Program([new Output("y", x.Linear(w, IndexMap.NodeType).Tanh().Sum(IndexMap.ToOne(Space.Nodes)))]), new PipelineOptions(Workers: 2));
        KernelVerifier.Verify(program);
        Assert.NotNull(Assert.Single(program.Loops));
        foreach (FusedLoop[] loops in (FusedLoop[][])[[], [program.Loops[0] with { BlockRows = 48 }]])
            Assert.Matches("the kernel gemm_2 needs more of t_[0-9]+ than the rows at hand", Assert.Throws<IrException>(() => KernelVerifier.Verify(program with { Loops = loops })).Message);
    }

    [Fact]
    public void Numbers_of_items_need_the_loop_over_their_own_items()
    {
        ProgramBuilder b = new();
        Node g = b.Input("g", Space.Nodes, RowShape.Vector(64)).Along(IndexMap.EdgeTarget), y = b.Input("y", Space.SourceGroups, RowShape.Vector(64)), s = b.Input("s", Space.Edges, RowShape.Scalar);
        KernelProgram program = Pipeline.Run(
            new Program([new Output("sums", (g * s).Sum(IndexMap.EdgeSourceGroup)), new Output("numbers", (g * y.Along(IndexMap.EdgeSourceGroup)).SumColumns())]), new PipelineOptions(Workers: 2));
        Kernel.Traversal kernel = Assert.IsType<Kernel.Traversal>(Assert.Single(program.Kernels));
        ItemStore item = Assert.Single(kernel.ItemStores);
        void Fails(string sentence, Func<Kernel.Traversal, Kernel.Traversal> change) => Assert.Contains(
            sentence, Assert.Throws<IrException>(() => KernelVerifier.Verify(program with { Kernels = [change(kernel)] })).Message, StringComparison.Ordinal);
        LoopVariable others = new("q", IndexMap.EdgeTargetGroup, item.Items.Outer), again = new("q", item.Items.Map, item.Items.Outer);
        Fails("visits the items of edge.tgroup, which are not those of its rows", k => k with { ItemStores = [item with { Items = others }] });
        Fails("has no loop q to store", k => k with { ItemStores = [item with { Items = again }] });
        Fails("stores rows of sgroups[1]", k => k with { ItemStores = [item with { Store = item.Store with { At = new IndexTable.Compose(new IndexTable.Map(IndexMap.EdgeSourceGroup), new IndexTable.Items(IndexMap.EdgeSourceGroup)) } }] });
    }

    private static KernelProgram With(KernelProgram program, int kernel, Func<Kernel, Kernel> change) =>
        program with { Kernels = [.. program.Kernels.Select((k, i) => i == kernel ? change(k) : k)] };

    private static Expression.Load Load(Expression load, IndexMap map) =>
        (Expression.Load)load with { Index = ((Expression.Load)load).Index with { Table = new IndexTable.Map(map) } };

    private static Kernel.Traversal Update(KernelProgram program)
    {
        TensorBuffer x = program.Leaves.Values.First(l => l.Name == "x");
        return new Kernel.Traversal("update", new LoopVariable("u"), Space.Nodes, [new Store(x, new Expression.Expand(new Expression.Constant(1), x.Type.Row))], IsFlat: false);
    }
}
