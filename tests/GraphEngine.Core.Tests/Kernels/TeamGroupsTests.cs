using GraphEngine.Graphs;
using GraphEngine.Kernels;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Kernels;

public sealed class TeamGroupsTests
{
    private const int GroupSize = 256;

    private static readonly RowWork Work = new(Space.Nodes, null, 1, new ItemWork(IndexMap.EdgeTarget, null, 3));

    public static TheoryData<int, int> Widths => new MatrixTheoryData<int, int>([0, 1, 2, 3, 4], [1, 3, 7, 16, 200, 256]);

    [Theory, MemberData(nameof(Widths))]
    public void Every_row_is_in_one_group_that_has_room_for_it(int graph, int rowItems)
    {
        Topology topology = graph < 4 ? UglyGraphs.Some(graph).Topology : Star(5000, isolated: 700).Topology;
        int[] groups = new IndexTables(topology)[new IndexTable.Teams(Work, rowItems, GroupSize, Resident: 1 << 12)];
        int[] visits = new int[topology.Count(Space.Nodes)];
        for (int g = 0; g < groups.Length; g += 3)
        {
            (int first, int end, int lanes) = (groups[g], groups[g + 1], groups[g + 2]);
            Assert.True(int.IsPow2(lanes));
            Assert.InRange((end - first) * lanes * rowItems, 1, GroupSize);
            for (int i = first; i < end; i++)
                visits[i]++;
        }
        Assert.All(visits, v => Assert.Equal(1, v));
    }

    [Fact]
    public void A_hub_comes_first_and_alone_with_all_lanes_of_its_group()
    {
        int[] numbers = Teams(Star(5000, isolated: 700), rowItems: 1, resident: 1), vectors = Teams(Star(5000, isolated: 700), rowItems: 16, resident: 1);
        Assert.Equal([0, 1, 256], numbers[..3]);
        Assert.Equal([0, 1, 16], vectors[..3]);
        Assert.All(Enumerable.Range(1, (numbers.Length / 3) - 1), g => Assert.True(numbers[(3 * g) + 2] < 256));
    }

    [Fact]
    public void Lanes_are_as_many_as_rows_have_items_for()
    {
        // Every node has sixteen edges: numbers get a lane for four of them; vectors one, unless that would leave the device idle.
        HeteroGraph even = Graph(1000, [.. Enumerable.Range(0, 16_000).Select(e => e / 16)]);
        Assert.Equal([0, 64, 4], Teams(even, rowItems: 1, resident: 1)[..3]);
        Assert.Equal([0, 16, 1], Teams(even, rowItems: 16, resident: 16_000)[..3]);
        Assert.Equal([0, 4, 4], Teams(even, rowItems: 16, resident: 64_000)[..3]);
        Assert.Equal([0, 256, 1], Teams(Graph(1000, []), rowItems: 1, resident: 64_000)[..3]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(64, 16)]
    [InlineData(600, 1024)]
    public void Groups_of_partial_sums_cover_every_sum_that_has_some_and_no_other(int workers, int items)
    {
        Topology topology = UglyGraphs.Some(3).Topology;
        IndexTables tables = new(topology);
        IndexMap types = IndexMap.TargetGroupType;
        IndexTable.Splits splits = new(types, new IndexTable.Shares(new RowWork(types.From, null, 1), workers));
        int[] groups = tables[new IndexTable.Sums(splits, items, GroupSize)], slots = tables[splits];
        for (int s = 0; s < topology.Count(types.To); s++)
        {
            int[] starts = [.. Enumerable.Range(0, groups.Length / 3).Where(g => groups[3 * g] == s)];
            int lanes = starts.Length == 0 ? 0 : groups[(3 * starts[0]) + 2];
            bool isNeeded = slots[(3 * s) + 1] > 0 || slots[(3 * s) + 2] == 1;
            Assert.Equal(isNeeded ? [.. Enumerable.Range(0, (items + (GroupSize / lanes) - 1) / (GroupSize / lanes)).Select(k => k * (GroupSize / lanes))] : [], starts.Select(g => groups[(3 * g) + 1]));
        }
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(4, 2)]
    [InlineData(100, 1)]
    public void A_worker_gets_no_fewer_rows_than_are_worth_it(int leastRows, int busy)
    {
        HeteroGraph graph = Graph(10, []);
        int[] bounds = new IndexTables(graph.Topology)[new IndexTable.Shares(new RowWork(Space.Nodes, null, 1), 20, leastRows)];
        Assert.Equal(21, bounds.Length);
        Assert.Equal(busy, Enumerable.Range(0, 20).Count(w => bounds[w + 1] > bounds[w]));
        Assert.Equal((0, 10), (bounds[0], bounds[^1]));
    }

    private static int[] Teams(HeteroGraph graph, int rowItems, int resident) =>
        new IndexTables(graph.Topology)[new IndexTable.Teams(Work, rowItems, GroupSize, resident)];

    private static HeteroGraph Star(int edges, int isolated) => Graph(isolated + 1, [.. Enumerable.Repeat(0, edges)]);

    private static HeteroGraph Graph(int nodes, int[] targets) => new(
        new GraphSchema([new NodeType("node")], [new EdgeType("to", "node", "node")]), [nodes], [new EdgeList([.. targets.Select((_, e) => e % nodes)], targets)]);
}
