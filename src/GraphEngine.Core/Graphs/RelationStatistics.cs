using GraphEngine.Spaces;

namespace GraphEngine.Graphs;

/// <summary>
/// How many edges and groups each relation has: what the choice of sides depends on; and whether one node has a great part of all edges.
/// </summary>
/// <param name="Edges">The edges of each edge type.</param>
/// <param name="SourceGroups">The distinct sources of each edge type.</param>
/// <param name="TargetGroups">The distinct targets of each edge type.</param>
/// <param name="Nodes">All nodes.</param>
/// <param name="MostEdgesOfNode">The most edges that leave or enter one node.</param>
public sealed record RelationStatistics(IReadOnlyList<int> Edges, IReadOnlyList<int> SourceGroups, IReadOnlyList<int> TargetGroups, int Nodes, int MostEdgesOfNode)
{
    /// <summary>The same counts of the edges that lead to some nodes, and the number of those nodes.</summary>
    public IReadOnlyDictionary<Space, RelationStatistics> Into { get; init; } = new Dictionary<Space, RelationStatistics>();

    /// <summary>The counts of a set of edges, both sides together; those of all edges where nothing else is known.</summary>
    /// <param name="edges">The set.</param>
    public RelationStatistics Of(EdgeSet edges) => Into.GetValueOrDefault(edges.Targets, this);

    /// <summary>How many nodes a space has; all nodes where nothing else is known.</summary>
    /// <param name="nodes">Some nodes.</param>
    public int NodesIn(Space nodes) => Into.GetValueOrDefault(nodes, this).Nodes;

    /// <summary>The same with the counts of the edges that lead to some nodes, and to those around them.</summary>
    /// <param name="topology">The topology of the graph.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="layers">How many layers of messages end at these nodes: the first of them reads nodes as many edges away.</param>
    public RelationStatistics With(Topology topology, Space nodes, int layers)
    {
        Dictionary<Space, RelationStatistics> into = new(Into);
        bool[] inside = SubsetRows.Nodes(nodes, topology);
        into[nodes] = Count(inside, topology);
        for (int i = 0; i < layers; i++)
        {
            (nodes, inside) = (Space.Around(nodes), SubsetRows.Around(inside, topology));
            into[nodes] = Count(inside, topology);
        }
        return this with { Into = into };
    }

    private RelationStatistics Count(bool[] nodes, Topology topology)
    {
        int[] target = topology.Indices(IndexMap.EdgeTarget), sourceGroup = topology.Indices(IndexMap.EdgeSourceGroup), groupTarget = topology.Indices(IndexMap.TargetGroupNode);
        bool[] groups = new bool[topology.Count(Space.SourceGroups)];
        for (int e = 0; e < target.Length; e++)
            groups[sourceGroup[e]] |= nodes[target[e]];
        return new RelationStatistics(
            PerType(IndexMap.EdgeType, e => nodes[target[e]]), PerType(IndexMap.SourceGroupType, g => groups[g]), PerType(IndexMap.TargetGroupType, g => nodes[groupTarget[g]]),
            nodes.Count(inside => inside), MostEdgesOfNode);

        int[] PerType(IndexMap types, Func<int, bool> isWanted)
        {
            int[] counts = new int[Edges.Count], type = topology.Indices(types);
            for (int i = 0; i < type.Length; i++)
                counts[type[i]] += isWanted(i) ? 1 : 0;
            return counts;
        }
    }

    /// <summary>Counts them.</summary>
    /// <param name="graph">The graph.</param>
    public static RelationStatistics Of(HeteroGraph graph)
    {
        int types = graph.Schema.EdgeTypes.Count;
        int[] edges = new int[types], sources = new int[types], targets = new int[types];
        Parallel.For(0, types, r =>
        {
            EdgeList list = graph.EdgesOf(r);
            edges[r] = list.Count;
            sources[r] = Distinct(list.Sources, graph.NodeCountOf(graph.Schema.NodeTypeIndex(graph.Schema.EdgeTypes[r].Source)));
            targets[r] = Distinct(list.Targets, graph.NodeCountOf(graph.Schema.NodeTypeIndex(graph.Schema.EdgeTypes[r].Target)));
        });
        return new RelationStatistics(edges, sources, targets, graph.NodeCount, Math.Max(MostAt(graph, IndexMap.EdgeSource), MostAt(graph, IndexMap.EdgeTarget)));
    }

    private static int MostAt(HeteroGraph graph, IndexMap end)
    {
        int[] edges = new int[graph.NodeCount];
        foreach (int node in graph.Topology.Indices(end))
            edges[node]++;
        return edges.DefaultIfEmpty(0).Max();
    }

    private static int Distinct(int[] nodes, int count)
    {
        System.Collections.BitArray seen = new(count);
        int distinct = 0;
        foreach (int node in nodes)
        {
            distinct += seen[node] ? 0 : 1;
            seen[node] = true;
        }
        return distinct;
    }
}
