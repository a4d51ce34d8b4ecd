using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Spaces;
using Xunit;

namespace GraphEngine.Core.Tests.Ir;

public sealed class TreeReduceTests
{
    private static readonly IndexMap Group = new("group", Space.Edges, Space.Nodes, IsSorted: true), Shuffled = new("shuffled", Space.Edges, Space.Nodes);

    /// <summary>Groups of 5, 0, 1, 3 and 2 rows.</summary>
    private static readonly int[] Groups = [0, 0, 0, 0, 0, 2, 3, 3, 3, 4, 4];

    private static readonly double[] Leaves = [1, 2, 3, 4, 5, 1, 3, 1, 2, 1, 2];

    private static readonly Topology Topology = new(
        new Dictionary<Space, int> { [Space.Nodes] = 5, [Space.Edges] = 11 },
        new Dictionary<IndexMap, int[]> { [Group] = Groups, [Shuffled] = [4, 0, 3, 0, 0, 2, 4, 3, 0, 3, 0] });

    // Two gated recurrent units of width 1, one for each order, as in the specification of the operator.
    private static readonly double[] Input = [.5, -.3, .8], State = [.2, .4, -.6], InputBias = [.1, 0, -.1], StateBias = [0, .2, .3];

    [Fact]
    public void Pairs_meet_level_by_level_and_an_odd_row_moves_up()
    {
        TreeMaps tree = new(Group);
        Assert.Equal(3, Topology.TreeLevels(Group));
        Assert.Equal([0, 2, 6, 9], Topology.Indices(tree.Left(0)));
        Assert.Equal([1, 3, 7, 10], Topology.Indices(tree.Right(0)));
        Assert.Equal([4, 5, 8], Topology.Indices(tree.Rest(0)));
        // After one level the groups have 3, 0, 1, 2 and 1 values.
        Assert.Equal([0, 1, 4, 6], Topology.Indices(tree.PairUp(0)));
        Assert.Equal([2, 3, 5], Topology.Indices(tree.OddUp(0)));
        Assert.Equal([0, 4], Topology.Indices(tree.Left(1)));
        Assert.Equal([0], Topology.Indices(tree.Left(2)));
        Assert.Equal([0, 2, 3, 4], Topology.Indices(tree.Root(3)));
    }

    [Fact]
    public void A_tree_of_gated_units_has_the_published_values_and_gradients()
    {
        ProgramBuilder b = new();
        Node leaves = b.Parameter("leaves", Space.Edges, RowShape.Scalar), wi = b.Parameter("wi", Space.One, RowShape.Matrix(1, 3)), wh = b.Parameter("wh", Space.One, RowShape.Matrix(1, 3));
        Node bi = b.Parameter("bi", Space.One, RowShape.Vector(3)), bh = b.Parameter("bh", Space.One, RowShape.Vector(3)), empty = b.Parameter("e", Space.One, RowShape.Scalar);
        Node Cell(Node x, Node h)
        {
            Node i = x.Linear(wi) + bi, s = h.Linear(wh) + bh;
            Node r = (i.Slice(0, 1) + s.Slice(0, 1)).Sigmoid(), z = (i.Slice(1, 1) + s.Slice(1, 1)).Sigmoid(), n = (i.Slice(2, 1) + (r * s.Slice(2, 1))).Tanh();
            return ((b.Constant(1) - z) * n) + (z * h);
        }
        Node result = leaves.TreeReduce(Group, 3, (u, v) => (Cell(u, v) + Cell(v, u)) * 0.5, empty), loss = result.Sum(IndexMap.ToOne(Space.Nodes));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([leaves, wi, wh, bi, bh, empty]);
        Dictionary<string, double[]> values = new() { ["leaves"] = Leaves, ["wi"] = Input, ["wh"] = State, ["bi"] = InputBias, ["bh"] = StateBias, ["e"] = [7] };
        IReadOnlyDictionary<string, double[]> results = ReferenceInterpreter.Run(
            new Program([new("result", result), .. gradients.Select(g => new Output(((Op.Leaf)g.Key.Op).Name, g.Value))]), Topology, values);
        AssertNear([2.639156, 7, 1, 1.309603, 1.138217], results["result"]);
        AssertNear([.005465, .007688, .011075, .012300, .550652, 1, .150966, .057456, .353637, .277156, .389882], results["leaves"]);
        AssertNear([-.116212, 1.658337, .858617], results["wi"]);
        AssertNear([-.191366, 3.289996, .864925], results["wh"]);
        AssertNear([-.084936, 1.076022, .565343], results["bi"]);
        AssertNear([-.084936, 1.076022, .438226], results["bh"]);
        AssertNear([1], results["e"]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_sum_by_pairs_is_the_sum_whatever_the_order_of_the_rows(int levels)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Edges, RowShape.Scalar);
        IReadOnlyDictionary<string, double[]> results = ReferenceInterpreter.Run(
            new Program([new("tree", x.TreeReduce(Shuffled, levels, (u, v) => u + v)), new("sum", x.Sum(Shuffled))]), Topology, new Dictionary<string, double[]> { ["x"] = Leaves });
        AssertNear(results["sum"], results["tree"]);
    }

    [Fact]
    public void Groups_of_one_row_need_no_level()
    {
        IndexMap single = new("single", Space.Edges, Space.Nodes);
        Topology topology = new(new Dictionary<Space, int> { [Space.Nodes] = 4, [Space.Edges] = 3 }, new Dictionary<IndexMap, int[]> { [single] = [2, 3, 0] });
        ProgramBuilder b = new();
        Node tree = b.Input("x", Space.Edges, RowShape.Scalar).TreeReduce(single, 0, (u, v) => u + v);
        Assert.Equal([3.0, 0, 1, 2], ReferenceInterpreter.Run(new Program([new("tree", tree)]), topology, new Dictionary<string, double[]> { ["x"] = [1, 2, 3] })["tree"]);
    }

    [Fact]
    public void Too_few_levels_are_refused_with_the_number_that_is_needed()
    {
        ProgramBuilder b = new();
        Program program = new([new Output("tree", b.Input("x", Space.Edges, RowShape.Scalar).TreeReduce(Group, 2, (u, v) => u + v))]);
        Assert.Equal(
            "A reduction of 'group' in 2 levels takes groups of at most 4 rows, but here one has 5; build the program with 3 levels.",
            Assert.Throws<ArgumentException>(() => ReferenceInterpreter.Run(program, Topology, new Dictionary<string, double[]> { ["x"] = Leaves })).Message);
    }

    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-6));
    }
}
