using GraphEngine.Spaces;

namespace GraphEngine.Graphs;

/// <summary>How many edges and groups each relation has: what the choice of sides depends on; and whether one node has a great part of all edges.</summary>
/// <param name="Edges">The edges of each edge type.</param>
/// <param name="SourceGroups">The distinct sources of each edge type.</param>
/// <param name="TargetGroups">The distinct targets of each edge type.</param>
/// <param name="Nodes">All nodes.</param>
/// <param name="MostEdgesOfNode">The most edges that leave or enter one node.</param>
public sealed record RelationStatistics(IReadOnlyList<int> Edges, IReadOnlyList<int> SourceGroups, IReadOnlyList<int> TargetGroups, int Nodes, int MostEdgesOfNode)
{
    /// <summary>The node type that each edge type leads to; empty where it is not known.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The nodes of each type; empty where they are not known.</summary>
    public IReadOnlyDictionary<string, int> NodesByType { get; init; } = new Dictionary<string, int>();

    /// <summary>The nodes of a type; all nodes where it is not known.</summary>
    /// <param name="nodeType">The type's name.</param>
    public int NodesOf(string nodeType) => NodesByType.GetValueOrDefault(nodeType, Nodes);

    /// <summary>True unless a relation is known to have no edge in a set, whatever its side.</summary>
    /// <param name="edges">The set.</param>
    /// <param name="relation">The number of the relation.</param>
    public bool IsIn(EdgeSet edges, int relation) => edges.TargetType is null || Targets.Count == 0 || Targets[relation] == edges.TargetType;

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
        return new RelationStatistics(edges, sources, targets, graph.NodeCount, Math.Max(MostAt(graph, IndexMap.EdgeSource), MostAt(graph, IndexMap.EdgeTarget)))
        {
            Targets = [.. graph.Schema.EdgeTypes.Select(t => t.Target)],
            NodesByType = graph.Schema.NodeTypes.Select((t, i) => (t.Name, Count: graph.NodeCountOf(i))).ToDictionary(t => t.Name, t => t.Count),
        };
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
