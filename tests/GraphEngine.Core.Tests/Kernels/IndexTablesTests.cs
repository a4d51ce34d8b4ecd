using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Kernels;

public sealed class IndexTablesTests
{
    private static readonly EdgeSet T = EdgeSet.All.TargetSide(UglyGraphs.AlternatingSides), S = EdgeSet.All.SourceSide(UglyGraphs.AlternatingSides);

    private static readonly Topology Topology = UglyGraphs.Some(3).Topology;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(500)]
    public void Shares_cover_all_rows_in_order_and_are_balanced(int workers)
    {
        RowWork work = new(Space.Nodes, null, 1, new ItemWork(IndexMap.EdgeTarget, null, 3));
        int[] bounds = new IndexTables(Topology)[new IndexTable.Shares(work, workers)];
        Assert.Equal(workers + 1, bounds.Length);
        Assert.Equal(0, bounds[0]);
        Assert.Equal(Topology.Count(Space.Nodes), bounds[^1]);
        Assert.Equal(bounds.Order(), bounds);
        Csr csr = Topology.Inverse(IndexMap.EdgeTarget);
        long Cost(int first, int last) => Enumerable.Range(first, last - first).Sum(r => 1L + (3 * csr.Degree(r)));
        long total = Cost(0, csr.Rows), heaviest = Enumerable.Range(0, csr.Rows).Max(r => Cost(r, r + 1));
        Assert.All(Enumerable.Range(0, workers), w => Assert.True(Cost(bounds[w], bounds[w + 1]) <= (total / workers) + heaviest + 1));
    }

    [Fact]
    public void Rows_that_lie_in_a_cache_cost_their_items_less()
    {
        ItemWork near = new(IndexMap.EdgeTarget, null, 9, Space.Nodes, Fetch: 6, RowFloats: 64), far = near with { RowFloats = 1 << 24 };
        Assert.Equal((3, 9), (near.CostOf(32 * 1024), near.CostOf((32 * 1024) + 1)));
        Assert.Equal((3, 9), (far.CostOf(0), far.CostOf(1)));
        int[] BoundsWith(ItemWork items) => new IndexTables(Topology)[new IndexTable.Shares(new RowWork(Space.Nodes, null, 40, items), 2)];
        // The first nodes have most of the edges: the cheaper those are, the more rows go with them.
        Assert.Equal(BoundsWith(new ItemWork(IndexMap.EdgeTarget, null, 3)), BoundsWith(near));
        Assert.Equal(BoundsWith(new ItemWork(IndexMap.EdgeTarget, null, 9)), BoundsWith(far));
        Assert.NotEqual(BoundsWith(near), BoundsWith(far));
    }

    [Fact]
    public void A_loop_that_gathers_long_rows_says_where_they_come_from()
    {
        ProgramBuilder b = new();
        ItemWork Of(int width) => LowerToKernels.Run(
            new Program([new Output("y", b.Input($"x{width}", Space.Nodes, RowShape.Vector(width)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget))]), new PipelineOptions(2)).Kernels.Single().Work.Items.Single();
        Assert.Equal(new ItemWork(IndexMap.EdgeTarget, null, 9, Space.Nodes, Fetch: 6, RowFloats: 64), Of(64));
        Assert.Equal(new ItemWork(IndexMap.EdgeTarget, null, 2), Of(8));
    }

    [Fact]
    public void A_map_that_only_one_topology_has_is_not_looked_for_in_the_other()
    {
        IndexMap mirror = new("mirror", Space.Nodes, Space.Nodes);
        int[] indices = [.. Enumerable.Range(0, Topology.Count(Space.Nodes)).Reverse()];
        IndexTables common = new(Topology), more = new(Topology.With(new Dictionary<Space, int>(), new Dictionary<IndexMap, int[]> { [mirror] = indices }), common);
        Assert.Equal(indices, more[new IndexTable.Map(mirror)]);
        Assert.Equal(indices.Order(), more[new IndexTable.Compose(new IndexTable.Map(mirror), new IndexTable.Map(mirror))]);
        Assert.Same(more, more.OwnerOf(new IndexTable.Shares(new RowWork(Space.Nodes, null, 1, new ItemWork(mirror, null, 1)), 2)));
        Assert.Same(common, more.OwnerOf(new IndexTable.Map(IndexMap.EdgeTarget)));
    }

    [Fact]
    public void Degrees_count_the_items_of_a_row_and_are_one_where_there_are_none()
    {
        int[] degrees = new IndexTables(Topology)[new IndexTable.Degrees(IndexMap.EdgeTarget)], targets = Topology.Indices(IndexMap.EdgeTarget);
        Assert.Equal(Topology.Count(Space.Nodes), new IndexTables(Topology).LengthOf(new IndexTable.Degrees(IndexMap.EdgeTarget)));
        Assert.Equal([.. Enumerable.Range(0, Topology.Count(Space.Nodes)).Select(v => Math.Max(1, targets.Count(t => t == v)))], degrees);
        Assert.Contains(Enumerable.Range(0, degrees.Length), v => !targets.Contains(v));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1000)]
    public void Pieces_are_full_but_for_the_last_of_a_row_and_lead_where_their_rows_lead(int size)
    {
        foreach (IndexMap map in (IndexMap[])[IndexMap.EdgeTarget, IndexMap.EdgeSource])
        {
            RowPieces pieces = new(map, size);
            int[] piece = Topology.Indices(pieces.Piece), whole = Topology.Indices(pieces.Whole), rows = Topology.Indices(map);
            Assert.Equal(rows, piece.Select(p => whole[p]));
            Assert.Equal(whole.Order(), whole);
            Csr items = Topology.Inverse(pieces.Piece);
            Assert.Equal(Topology.Count(pieces.Space), items.Rows);
            Assert.All(Enumerable.Range(0, items.Rows), p => Assert.True(items.Degree(p) == size || (items.Degree(p) > 0 && (p + 1 == whole.Length || whole[p + 1] != whole[p]))));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void Partial_sums_add_up_to_every_sum(int workers)
    {
        // Plays the protocol of the outer kernels with the number of items as the value: every item must be counted once.
        IndexMap map = IndexMap.TargetGroupType;
        IndexTables tables = new(Topology);
        IndexTable.Shares shares = new(new RowWork(map.From, map, 1), workers);
        int[] bounds = tables[shares], segments = tables[new IndexTable.FirstSegments(map, shares)], splits = tables[new IndexTable.Splits(map, shares)];
        Csr csr = Topology.Inverse(map);
        int[] direct = [.. Enumerable.Repeat(-1, csr.Rows)], slots = new int[2 * workers];
        for (int w = 0; w < workers; w++)
        {
            int segment = segments[w];
            for (int row = bounds[w]; row < bounds[w + 1];)
            {
                while (csr.Pointers[segment + 1] <= row)
                    segment++;
                int end = Math.Min(bounds[w + 1], csr.Pointers[segment + 1]);
                bool before = csr.Pointers[segment] < bounds[w], after = csr.Pointers[segment + 1] > bounds[w + 1];
                if (before || after)
                    slots[(2 * w) + (before ? 0 : 1)] = end - row;
                else
                    direct[segment] = end - row;
                row = end;
            }
        }
        for (int s = 0; s < csr.Rows; s++)
        {
            int count = splits[(3 * s) + 1], sum = Enumerable.Range(splits[3 * s], count).Sum(k => slots[splits[k]]);
            bool empty = splits[(3 * s) + 2] == 1;
            Assert.Equal(csr.Degree(s) == 0, empty);
            Assert.Equal(csr.Degree(s), count > 0 || empty ? sum : direct[s]);
        }
    }

    [Fact]
    public void Tiles_cover_every_item_once_and_never_cross_a_type()
    {
        int[] tiles = new IndexTables(Topology)[new IndexTable.Tiles(IndexMap.TargetGroupType, 16)];
        int[] types = Topology.Indices(IndexMap.TargetGroupType);
        int next = 0;
        for (int t = 0; t < tiles.Length; t += 3)
        {
            Assert.Equal(next, tiles[t + 1]);
            Assert.InRange(tiles[t + 2] - tiles[t + 1], 1, 16);
            Assert.All(types[tiles[t + 1]..tiles[t + 2]], type => Assert.Equal(tiles[t], type));
            next = tiles[t + 2];
        }
        Assert.Equal(types.Length, next);
    }

    [Fact]
    public void Sums_of_both_sides_are_zeroed_only_where_neither_has_rows()
    {
        foreach (IndexMap types in (IndexMap[])[T.TargetGroupType, S.SourceGroupType])
        {
            IndexTable.Shares shares = new(new RowWork(types.From, null, 1), 3);
            int[] alone = new IndexTables(Topology)[new IndexTable.Splits(types, shares)], together = new IndexTables(Topology)[new IndexTable.Splits(types, shares, EdgeSet.OtherTypes(types))];
            for (int t = 0; t < Topology.Count(Space.EdgeTypes); t++)
            {
                bool own = Topology.Inverse(types).Degree(t) > 0, other = Topology.Inverse(EdgeSet.OtherTypes(types)!).Degree(t) > 0;
                Assert.Equal(own ? 0 : 1, alone[(3 * t) + 2]);
                Assert.Equal(own || other ? 0 : 1, together[(3 * t) + 2]);
                Assert.Equal(alone[(3 * t) + 1], together[(3 * t) + 1]);
            }
        }
    }

    [Fact]
    public void Compositions_follow_both_tables()
    {
        int[] sources = Topology.Indices(IndexMap.EdgeSource), items = Topology.Inverse(IndexMap.EdgeTargetGroup).Items;
        int[] composed = new IndexTables(Topology)[new IndexTable.Compose(new IndexTable.Map(IndexMap.EdgeSource), new IndexTable.Items(IndexMap.EdgeTargetGroup))];
        Assert.Equal(items.Select(i => sources[i]), composed);
    }
}
