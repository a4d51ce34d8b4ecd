using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class DemandedRowsTests
{
    private static readonly Space End = Space.SomeOf("paper", "some");
    private static readonly IReadOnlyList<Space> Whole = [Space.Nodes, Space.Edges, Space.SourceGroups, Space.TargetGroups];

    public static TheoryData<string> Ends() => [.. UglyGraphs.Ends.Select(e => e.Name)];

    [Fact]
    public void Text_of_two_layers()
    {
        Program before = TwoLayers(), after = DemandedRows.Run(before, statistics: null);
        Golden.Matches("layers", $"{before}--- after demanded-rows\n{after}");
    }

    [Fact]
    public void No_row_of_all_edges_or_groups_is_left_and_of_nodes_those_that_the_first_layer_reads()
    {
        Node[] whole = [.. DemandedRows.Run(TwoLayers(), statistics: null).Nodes.Where(n => Whole.Contains(n.Space))];
        Assert.Equal("x", Assert.IsType<Op.Leaf>(Assert.Single(whole).Op).Name);
    }

    [Theory, MemberData(nameof(Ends))]
    public void Random_programs_and_their_gradients_keep_their_meaning(string end)
    {
        Space rows = UglyGraphs.Ends.Single(e => e.Name == end);
        int changed = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 14, smooth: false, rows);
            IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([.. parameters]);
            Program before = new([new Output("loss", loss), .. parameters.Select(p => new Output(((Op.Leaf)p.Op).Name, gradients[p]))]);
            Program after = DemandedRows.Run(before, statistics: null), simplified = Simplify.Run(TypedRows.Run(Differentiate.Run(after)));
            ProgramVerifier.Verify(after, "demanded-rows");
            changed += after.Nodes.Any(n => EdgeSet.Of(n.Space) is { } set && set != EdgeSet.All) ? 1 : 0;
            Topology topology = UglyGraphs.WithSomePapers(seed % 7 == 6 ? UglyGraphs.WithoutEdges() : UglyGraphs.Some(seed));
            IReadOnlyDictionary<string, double[]> expected = InterpreterRun.Once(before, topology, seed);
            foreach (Program other in (Program[])[after, simplified])
            {
                foreach ((string name, double[] actual) in InterpreterRun.Once(other, topology, seed))
                    Assert.Equal(expected[name], actual, (a, b) => Math.Abs(a - b) <= 1e-9 * (1 + Math.Abs(a)));
            }
        }
        Assert.True(changed > 15, $"Only {changed} of 60 programs have rows of some edges; the test would not notice a defect.");
    }

    [Fact]
    public void A_value_that_something_reads_in_full_is_computed_once()
    {
        ProgramBuilder b = new();
        Node h = b.Input("x", Space.Nodes, RowShape.Vector(4)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget).Tanh();
        Program program = new([new Output("some", h.Along(IndexMap.Inclusion(End, Space.Nodes))), new Output("all", h)]);
        Assert.Same(program, DemandedRows.Run(program, statistics: null));
    }

    [Fact]
    public void Two_ends_and_none_are_left_alone()
    {
        ProgramBuilder b = new();
        Node h = b.Input("x", Space.Nodes, RowShape.Vector(4)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget);
        Program two = new([new Output("a", h.Along(IndexMap.Inclusion("paper"))), new Output("b", h.Along(IndexMap.Inclusion("venue")))]), none = new([new Output("y", h)]);
        Assert.Same(two, DemandedRows.Run(two, statistics: null));
        Assert.Same(none, DemandedRows.Run(none, statistics: null));
    }

    [Theory]
    [InlineData(10, 100, true)]
    [InlineData(95, 960, false)]
    public void A_part_that_is_nearly_the_whole_is_not_worth_its_tables(int nodes, int edges, bool isWorthIt)
    {
        RelationStatistics all = new([1000], [100], [100], 100, MostEdgesOfNode: 5), part = new([edges], [nodes], [nodes], nodes, MostEdgesOfNode: 5);
        Program after = DemandedRows.Run(TwoLayers(), all with { Into = new Dictionary<Space, RelationStatistics> { [End] = part } });
        Assert.Equal(isWorthIt, after.Nodes.Any(n => n.Space.Subset is not null));
        // The layer before is not known to be worth it.
        Assert.DoesNotContain(after.Nodes, n => n.Space.Centre is not null);
    }

    [Fact]
    public void Inputs_of_a_type_are_projected_for_its_nodes_that_are_read()
    {
        ProgramBuilder b = new();
        Node Projected(string type) => b.Input($"x.{type}", Space.NodesOf(type), RowShape.Vector(3)).Linear(b.Parameter($"w.{type}", Space.One, RowShape.Matrix(3, 4))).Sum(IndexMap.Inclusion(type));
        Node h = (Projected("paper") + Projected("venue")).Relu();
        Program before = new([new Output("y", h.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget).Along(IndexMap.Inclusion(End, Space.Nodes)))]);
        Program after = DemandedRows.Run(before, statistics: null);
        Space around = Space.Around(End);
        Assert.Equal([Space.OfType(around, "paper"), Space.OfType(around, "venue")], after.Nodes.Where(n => n.Op is Op.Linear).Select(n => n.Space));
        Assert.All(after.Nodes.Where(n => n.Space.NodeType is string type && n.Space == Space.NodesOf(type)), n => Assert.IsType<Op.Leaf>(n.Op));
        Topology topology = UglyGraphs.WithSomePapers(UglyGraphs.Some(5));
        int[] papers = topology.Indices(IndexMap.Inclusion(Space.OfType(around, "paper"), Space.Nodes)), venues = topology.Indices(IndexMap.Inclusion(Space.OfType(around, "venue"), Space.Nodes));
        Assert.Equal(topology.Indices(IndexMap.Inclusion(around, Space.Nodes)).Where(v => topology.Indices(IndexMap.NodeType)[v] == 0), papers);
        Assert.All(venues, v => Assert.Equal(2, topology.Indices(IndexMap.NodeType)[v]));
        Assert.InRange(papers.Length, 1, topology.Count(Space.NodesOf("paper")) - 1);
        Assert.Equal(InterpreterRun.Once(before, topology, seed: 5)["y"], InterpreterRun.Once(after, topology, seed: 5)["y"]);
    }

    [Fact]
    public void Inputs_of_other_types_than_the_end_are_not_read_where_no_layer_passes_messages()
    {
        ProgramBuilder b = new();
        Node Projected(string type) => b.Input($"x.{type}", Space.NodesOf(type), RowShape.Vector(3)).Linear(b.Parameter($"w.{type}", Space.One, RowShape.Matrix(3, 4))).Sum(IndexMap.Inclusion(type));
        Program program = new([new Output("y", (Projected("paper") + Projected("venue")).Relu().Along(IndexMap.Inclusion(End, Space.Nodes)))]);
        Program after = Simplify.Run(TypedRows.Run(DemandedRows.Run(program, statistics: null)));
        Assert.Equal(["x.paper", "w.paper"], after.Leaves.Select(l => l.Name));
    }

    [Fact]
    public void Rows_of_the_end_may_be_read_in_the_middle_of_the_program()
    {
        ProgramBuilder b = new();
        IndexMap papers = IndexMap.Inclusion("paper");
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), h = x.Along(papers).Linear(b.Parameter("w", Space.One, RowShape.Matrix(4, 4))).Tanh().Sum(papers);
        Program before = new([new Output("y", (h.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget) + x).Along(papers))]), after = DemandedRows.Run(before, statistics: null);
        ProgramVerifier.Verify(after, "demanded-rows");
        Assert.Contains(after.Nodes, n => n.Space.Among is not null);
        Topology topology = UglyGraphs.Some(4).Topology;
        Assert.Equal(InterpreterRun.Once(before, topology, seed: 4)["y"], InterpreterRun.Once(after, topology, seed: 4)["y"]);
    }

    [Fact]
    public void Nodes_far_out_may_be_some_where_the_edges_into_them_are_nearly_all()
    {
        RelationStatistics all = new([1000], [100], [100], 100, MostEdgesOfNode: 5), part = new([10], [10], [10], 10, MostEdgesOfNode: 5), around = new([990], [100], [60], 60, MostEdgesOfNode: 5);
        Program after = DemandedRows.Run(TwoLayers(), all with { Into = new Dictionary<Space, RelationStatistics> { [End] = part, [Space.Around(End)] = around } });
        Assert.Contains(after.Nodes, n => n.Space == Space.Around(End));
        Assert.DoesNotContain(after.Nodes, n => n.Space.Subset?.Set.Targets == Space.Around(End));
        Program none = DemandedRows.Run(TwoLayers(), all with { Into = new Dictionary<Space, RelationStatistics> { [End] = part, [Space.Around(End)] = around with { Nodes = 90 } } });
        Assert.DoesNotContain(none.Nodes, n => n.Space.Centre is not null);
    }

    [Fact]
    public void Sums_at_sources_need_all_edges()
    {
        ProgramBuilder b = new();
        Node back = b.Input("x", Space.Nodes, RowShape.Vector(4)).Along(IndexMap.EdgeTarget).Sum(IndexMap.EdgeSource), degree = b.InverseDegree(IndexMap.EdgeSource);
        Program program = new([new Output("y", (back * degree).Along(IndexMap.Inclusion(End, Space.Nodes)))]);
        Assert.DoesNotContain(DemandedRows.Run(program, statistics: null).Nodes, n => n.Space.Subset is not null);
    }

    [Fact]
    public void Degrees_at_sources_are_those_of_all_edges()
    {
        foreach (IndexMap read in (IndexMap[])[IndexMap.EdgeTarget, IndexMap.EdgeSource])
        {
            ProgramBuilder b = new();
            Node message = b.InverseDegree(IndexMap.EdgeSource).Along(read) * b.Input("x", Space.Nodes, RowShape.Vector(4)).Along(IndexMap.EdgeSource);
            Program before = new([new Output("y", message.Sum(IndexMap.EdgeTarget).Along(IndexMap.Inclusion(End, Space.Nodes)))]);
            Topology topology = UglyGraphs.WithSomePapers(UglyGraphs.Some(2));
            Assert.Equal(InterpreterRun.Once(before, topology, seed: 2)["y"], InterpreterRun.Once(DemandedRows.Run(before, statistics: null), topology, seed: 2)["y"]);
        }
    }

    [Fact]
    public void A_map_of_nodes_of_one_type_to_others_is_no_inclusion()
    {
        IndexMap friend = new("friend", End, Space.Nodes);
        Assert.False(friend.IsInclusion);
        ProgramBuilder b = new();
        Node h = b.Input("x", Space.Nodes, RowShape.Vector(4)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget);
        Program program = new([new Output("y", h.Along(friend)), new Output("z", h.Along(IndexMap.Inclusion(End, Space.Nodes)))]);
        Assert.Same(program, DemandedRows.Run(program, statistics: null));
    }

    private static Program TwoLayers()
    {
        ProgramBuilder b = new();
        Node h = Layer(b.Input("x", Space.Nodes, RowShape.Vector(4)), "a");
        Node y = Layer(b.Dropout(h.Relu(), 0.5f), "b");
        return new Program([new Output("y", y.Along(IndexMap.Inclusion(End, Space.Nodes)))]);
    }

    private static Node Layer(Node h, string name)
    {
        ProgramBuilder b = h.Builder;
        Node message = h.Along(IndexMap.EdgeSource).Linear(b.Parameter($"{name}.w", Space.EdgeTypes, RowShape.Matrix(4, 4)), IndexMap.EdgeType);
        Node query = h.Linear(b.Parameter($"{name}.q", Space.NodeTypes, RowShape.Matrix(4, 4)), IndexMap.NodeType);
        Node alpha = b.Dropout(message.Dot(query.Along(IndexMap.EdgeTarget)).Softmax(IndexMap.EdgeTarget), 0.25f);
        Node mean = (b.InverseDegree(IndexMap.EdgeTargetGroup).Along(IndexMap.EdgeTargetGroup) * message).Sum(IndexMap.EdgeTarget);
        return (alpha * message).Sum(IndexMap.EdgeTarget) + mean + h;
    }
}
