using System.Runtime.CompilerServices;
using GraphEngine.Graphs;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Spaces;

public sealed class EdgeSetTests
{
    private static IEnumerable<Topology> Topologies =>
        Enumerable.Range(0, 10).Select(seed => UglyGraphs.WithSomePapers(UglyGraphs.Some(seed))).Append(UglyGraphs.WithSomePapers(UglyGraphs.WithoutEdges()));

    private static IEnumerable<EdgeSet> Sets => UglyGraphs.Ends.SelectMany(e => (EdgeSet[])[EdgeSet.Into(e, Space.Nodes), EdgeSet.Into(e, Space.Around(e)), EdgeSet.Into(Space.Around(e), Space.Around(Space.Around(e)))])
        .Append(EdgeSet.All).SelectMany(s => (EdgeSet[])[s, s.TargetSide(UglyGraphs.AlternatingSides), s.SourceSide(UglyGraphs.AlternatingSides)]);

    [Fact]
    public void A_set_has_all_edges_into_its_targets_and_no_others()
    {
        foreach (Topology topology in Topologies)
        {
            foreach (EdgeSet set in Sets)
            {
                HashSet<int> targets = [.. topology.Indices(IndexMap.Inclusion(set.Targets, Space.Nodes))];
                int[] type = topology.Indices(IndexMap.EdgeType), target = topology.Indices(IndexMap.EdgeTarget);
                IEnumerable<int> expected = Enumerable.Range(0, target.Length).Where(e => targets.Contains(target[e]) && (set.Sides is null || set.Sides.OnTargets[type[e]] == set.IsTargetSide));
                Assert.Equal(expected, topology.Indices(IndexMap.Inclusion(set.Edges, Space.Edges)));
            }
        }
    }

    [Fact]
    public void What_is_known_of_the_maps_of_sides_goes_with_them()
    {
        WeakReference sides = Used();
        for (int i = 0; i < 10 && sides.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(sides.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Used()
        {
            RelationSides chosen = new([true, false, true, true]);
            Assert.NotEmpty(EdgeSet.All.TargetSide(chosen).Target.Factorizations);
            return new WeakReference(chosen);
        }
    }

    [Fact]
    public void Its_maps_are_those_of_all_edges()
    {
        IndexMap[] maps =
        [
            IndexMap.EdgeSource, IndexMap.EdgeTarget, IndexMap.EdgeType, IndexMap.EdgeSourceGroup, IndexMap.EdgeTargetGroup, IndexMap.SourceGroupNode, IndexMap.SourceGroupType,
            IndexMap.TargetGroupNode, IndexMap.TargetGroupType, IndexMap.NodeType,
        ];
        foreach (Topology topology in Topologies)
        {
            foreach (EdgeSet set in Sets)
            {
                foreach (IndexMap whole in maps)
                {
                    IndexMap map = set.Of(whole)!;
                    int[] to = Inside(topology, map.To, whole.To), from = Inside(topology, map.From, whole.From);
                    Assert.Equal(from.Select(row => topology.Indices(whole)[row]), topology.Indices(map).Select(row => to[row]));
                    Assert.True(map.Is(whole));
                    foreach ((IndexMap first, IndexMap second) in map.Factorizations)
                        Assert.Equal(topology.Indices(map), topology.Indices(first).Select(i => topology.Indices(second)[i]));
                }
            }
        }
    }

    [Fact]
    public void Every_group_has_an_edge_in_the_set()
    {
        foreach (Topology topology in Topologies)
        {
            foreach (EdgeSet set in Sets)
            {
                if (set.Sides is null || !set.IsTargetSide)
                    Assert.Equal(Enumerable.Range(0, topology.Count(set.SourceGroups)), topology.Indices(set.SourceGroup).Distinct().Order());
                if (set.Sides is null || set.IsTargetSide)
                    Assert.Equal(Enumerable.Range(0, topology.Count(set.TargetGroups)), topology.Indices(set.TargetGroup).Distinct().Order());
            }
        }
    }

    [Fact]
    public void Statistics_count_what_a_set_has()
    {
        for (int seed = 0; seed < 5; seed++)
        {
            HeteroGraph graph = UglyGraphs.Some(seed);
            Topology topology = UglyGraphs.WithSomePapers(graph);
            foreach (Space end in UglyGraphs.Ends)
            {
                RelationStatistics statistics = RelationStatistics.Of(graph).With(topology, end, layers: 2);
                foreach (EdgeSet set in (EdgeSet[])[EdgeSet.Into(end, Space.Nodes), EdgeSet.Into(Space.Around(end), Space.Nodes)])
                {
                    RelationStatistics counts = statistics.Of(set);
                    Assert.Equal(
                        (topology.Count(set.Edges), topology.Count(set.SourceGroups), topology.Count(set.TargetGroups), topology.Count(set.Targets)),
                        (counts.Edges.Sum(), counts.SourceGroups.Sum(), counts.TargetGroups.Sum(), statistics.NodesIn(set.Targets)));
                    Assert.Equal(counts.Edges, Enumerable.Range(0, UglyGraphs.EdgeTypes).Select(r => topology.Indices(set.Type).Count(t => t == r)));
                }
            }
        }
    }

    [Fact]
    public void What_a_topology_does_not_have_is_named()
    {
        Topology topology = UglyGraphs.Some(1).Topology;
        Space unknown = Space.SomeOf("paper", "unknown");
        Assert.Contains("'node.paper.unknown' is not part of this topology", Assert.Throws<ArgumentException>(() => topology.Indices(IndexMap.Inclusion(unknown, Space.Nodes))).Message, StringComparison.Ordinal);
        Assert.Contains("'node.paper.unknown' is not part of this topology", Assert.Throws<ArgumentException>(() => topology.Count(EdgeSet.Into(unknown, Space.Nodes).Edges)).Message, StringComparison.Ordinal);
        EdgeSet wrong = EdgeSet.Into(Space.NodesOf("paper"), Space.NodesOf("venue"));
        Assert.Contains("which 'nodes.venue' does not have", Assert.Throws<ArgumentException>(() => topology.Indices(wrong.Source)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_is_included_once()
    {
        Space twice = Space.SomeOf("paper", "twice");
        ArgumentException error = Assert.Throws<ArgumentException>(() => UglyGraphs.Some(1).Topology.With(
            new Dictionary<Space, int> { [twice] = 3 }, new Dictionary<IndexMap, int[]> { [IndexMap.Inclusion(twice, Space.Nodes)] = [4, 7, 7] }));
        Assert.Equal("The map 'node.paper.twice' includes row 7 of 'nodes' twice; name every row once.", error.Message);
    }

    private static int[] Inside(Topology topology, Space rows, Space whole) => rows == whole ? [.. Enumerable.Range(0, topology.Count(whole))] : topology.Indices(IndexMap.Inclusion(rows, whole));
}
