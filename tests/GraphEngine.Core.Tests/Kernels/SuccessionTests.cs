using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using Xunit;

namespace GraphEngine.Core.Tests.Kernels;

public sealed class SuccessionTests
{
    private const int Width = 64;

    [Fact]
    public void Rows_take_the_place_of_those_that_their_loop_has_read_before()
    {
        // y is gathered in an earlier launch than its own rows are read in, by the loop that makes others.
        KernelProgram kernels = Compile((x, w) =>
        {
            Node y = x.Linear(w).Tanh();
            Node between = ((Gathered(Gathered(y)) * y).SumColumns() * x).Exp();
            return Gathered(between.Linear(w).Tanh()) * between;
        });
        FusedLoop loop = Assert.Single(kernels.Loops);
        int Reader(TensorBuffer buffer) => Enumerable.Range(loop.First, loop.Count).Last(k => kernels.Kernels[k].Reads.Contains(buffer));
        int Writer(TensorBuffer buffer) => Enumerable.Range(loop.First, loop.Count).FirstOrDefault(k => kernels.Kernels[k].Writes.Contains(buffer), -1);
        (TensorBuffer next, TensorBuffer before) = Assert.Single(Places(kernels), p => Writer(p.Next) >= 0);
        Assert.True(Reader(before) < Writer(next));
    }

    [Fact]
    public void A_kernel_may_replace_elements_that_it_has_just_read()
    {
        KernelProgram kernels = Compile((x, w) =>
        {
            Node y = x.Linear(w);
            return Gathered((Gathered(y) + y).Tanh());
        }, "loop-fusion");
        Assert.Empty(Places(kernels));
        kernels = Compile((x, w) =>
        {
            Node y = x.Linear(w);
            return Gathered((Gathered(y.SumColumns()) * y).Tanh());
        }, "loop-fusion");
        Assert.Single(Places(kernels));
    }

    [Fact]
    public void Rows_that_others_gather_or_that_are_shown_stay_where_they_are()
    {
        // Rows of y are gathered by the kernel that makes z.
        Assert.Empty(Places(Compile((x, w) => Gathered(Gathered(x.Linear(w)).Exp()))));
        ProgramBuilder b = new();
        Node y = b.Input("x", Space.Nodes, RowShape.Vector(Width)).Linear(b.Input("w", Space.One, RowShape.Matrix(Width, Width)));
        Node z = (Gathered(y.SumColumns()) * y).Tanh();
        Assert.Empty(Places(Pipeline.Run(new Program([new Output("y", y), new Output("z", Gathered(z))]), new PipelineOptions(Workers: 2))));
    }

    [Fact]
    public void Rows_of_another_form_stay_where_they_are()
    {
        // A kernel stores numbers of heads before it reads the rows, of as many elements, that another of its stores is made of.
        ProgramBuilder b = new();
        Node y = b.Input("y", Space.Nodes, new RowShape(4, 1, 4)), numbers = y.SumColumns(), rows = Gathered(b.Input("x", Space.Nodes, RowShape.Vector(4)));
        Node sum = (y * numbers).SumHeads() + rows + Gathered(Gathered(rows));
        KernelProgram kernels = Pipeline.Run(new Program([new Output("numbers", numbers), new Output("sum", sum)]), new PipelineOptions(Workers: 2));
        Assert.Contains(kernels.Kernels.OfType<Kernel.Traversal>(), k => k.Stores.Select(s => s.Value.Row).Distinct().Count() > 1);
        Assert.All(Places(kernels), p => Assert.Equal(p.Before.Type.Row, p.Next.Type.Row));
    }

    /// <summary>
    /// A first launch makes <c>old</c>; in a second one a loop of two kernels reads it and then makes <c>new</c>, and a third one reads that.
    /// </summary>
    [Theory]
    [InlineData("as it should be", true)]
    [InlineData("gathered", false)]
    [InlineData("later in the loop", false)]
    [InlineData("beside the loop", false)]
    [InlineData("no loop", false)]
    [InlineData("elsewhere", false)]
    [InlineData("items", false)]
    [InlineData("shown", false)]
    [InlineData("wider", false)]
    public void A_place_is_taken_only_behind_the_last_reader_of_each_row(string change, bool isTaken)
    {
        TensorBuffer Tensor(string name, int width = Width) => new(name, new TensorType(Space.Nodes, RowShape.Vector(width)), isPersistent: false);
        TensorBuffer old = Tensor("old"), between = Tensor("between", 1), next = Tensor("next", change == "wider" ? 2 * Width : Width), result = Tensor("result", 1), other = Tensor("other", 1);
        LoopVariable i = new("i");
        RowIndex own = new(i, null);
        Expression Load(TensorBuffer buffer, RowIndex? index = null) => new Expression.Load(buffer, index ?? own, buffer.Type.Row);
        Kernel.Traversal Make(string name, TensorBuffer target, Expression value, IndexTable? at = null) => new(name, i, Space.Nodes, [new Store(target, value, at)], IsFlat: false);
        Expression Sum(Expression row) => new Expression.ReduceColumns(ReduceKind.Sum, row);
        Expression Wide(Expression number) => new Expression.Expand(number, next.Type.Row);

        Kernel first = Make("first", old, new Expression.Expand(new Expression.Constant(1), old.Type.Row));
        LoopVariable items = new("p", IndexMap.EdgeTarget, own);
        Kernel reader = Make("reader", between, Sum(Load(old, change == "gathered" ? new RowIndex(i, new IndexTable.Items(IndexMap.NodeType)) : null)));
        Kernel.Traversal writer = Make("writer", next, Wide(Load(between)), change == "elsewhere" ? new IndexTable.Items(IndexMap.NodeType) : null);
        if (change == "items")
            writer = Make("writer", result, Load(between)) with { ItemStores = [new ItemStore(items, new Store(next, Wide(new Expression.Constant(0))))] };
        Kernel beside = Make("beside", other, Sum(Load(old)));
        Kernel last = Make("last", result, Sum(Load(next)));

        Kernel[] second = change switch
        {
            "later in the loop" or "beside the loop" => [reader, writer, beside],
            _ => [reader, writer],
        };
        Kernel[] kernels = [first, .. second, last];
        KernelProgram program = new(kernels, new Dictionary<string, TensorBuffer> { ["result"] = change == "shown" ? old : result }, new Dictionary<Op.Leaf, TensorBuffer>())
        {
            Launches = [0, .. second.Select(_ => 1), 2],
            Loops = change == "no loop" ? [] : [new FusedLoop(1, change == "later in the loop" ? 3 : 2, 48)],
        };
        Assert.Equal(isTaken, Places(program).Any(p => p.Next == next && p.Before == old));
    }

    [Fact]
    public void Shared_parts_of_a_value_are_looked_at_once()
    {
        TensorBuffer Tensor(string name) => new(name, new TensorType(Space.Nodes, RowShape.Vector(Width)), isPersistent: false);
        TensorBuffer old = Tensor("old"), next = Tensor("next"), result = Tensor("result");
        LoopVariable i = new("i");
        Expression Load(TensorBuffer buffer) => new Expression.Load(buffer, new RowIndex(i, null), buffer.Type.Row);
        Kernel Make(string name, TensorBuffer target, Expression value) => new Kernel.Traversal(name, i, Space.Nodes, [new Store(target, value)], IsFlat: false);
        // A tree of 2^60 parts if they were told apart.
        Expression power = Load(old);
        for (int k = 0; k < 60; k++)
            power = new Expression.Binary(BinaryKind.Mul, power, power, power.Row);
        KernelProgram program = new(
            [Make("first", old, new Expression.Expand(new Expression.Constant(1), old.Type.Row)), Make("second", next, power), Make("third", result, Load(next))],
            new Dictionary<string, TensorBuffer> { ["result"] = result }, new Dictionary<Op.Leaf, TensorBuffer>())
        { Launches = [0, 1, 2] };
        Assert.Contains((next, old), Places(program));
    }

    private static (TensorBuffer Next, TensorBuffer Before)[] Places(KernelProgram kernels)
    {
        ArenaPlan plan = ArenaPlan.Run(kernels, b => 4096 * b.Type.Row.Size);
        ArenaSlot[] next = [.. plan.Slots.Where(s => s.Predecessor is not null)];
        Assert.All(next, n => Assert.Equal(plan.Slots.Single(s => s.Buffer == n.Predecessor).Offset, n.Offset));
        return [.. next.Select(n => (n.Buffer, n.Predecessor!))];
    }

    private static Node Gathered(Node node) => node.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget);

    private static KernelProgram Compile(Func<Node, Node, Node> make, params string[] disabled)
    {
        ProgramBuilder b = new();
        Node result = make(b.Input("x", Space.Nodes, RowShape.Vector(Width)), b.Input("w", Space.One, RowShape.Matrix(Width, Width)));
        return Pipeline.Run(new Program([new Output("result", result)]), new PipelineOptions(Workers: 2, Disabled: disabled.ToHashSet()));
    }
}
