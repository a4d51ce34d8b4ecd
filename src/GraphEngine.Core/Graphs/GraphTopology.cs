using GraphEngine.Spaces;

namespace GraphEngine.Graphs;

/// <summary>Builds the spaces and maps of a graph: the canonical edge order and both kinds of groups, by stable counting sorts.</summary>
internal static class GraphTopology
{
    public static Topology Build(HeteroGraph graph)
    {
        (int[] source, int[] target, int[] type) = CanonicalEdges(graph);
        int nodes = graph.NodeCount, types = graph.Schema.EdgeTypes.Count;
        (int[] sourceGroup, int[] sgNode, int[] sgType) = Group(type, source, types, nodes);
        (int[] targetGroup, int[] tgNode, int[] tgType) = Group(type, target, types, nodes);

        Dictionary<Space, int> counts = new()
        {
            [Space.Nodes] = nodes,
            [Space.Edges] = source.Length,
            [Space.SourceGroups] = sgNode.Length,
            [Space.TargetGroups] = tgNode.Length,
            [Space.NodeTypes] = graph.Schema.NodeTypes.Count,
            [Space.EdgeTypes] = types,
        };
        Dictionary<IndexMap, int[]> maps = new()
        {
            [IndexMap.EdgeSource] = source,
            [IndexMap.EdgeTarget] = target,
            [IndexMap.EdgeType] = type,
            [IndexMap.EdgeSourceGroup] = sourceGroup,
            [IndexMap.EdgeTargetGroup] = targetGroup,
            [IndexMap.SourceGroupNode] = sgNode,
            [IndexMap.SourceGroupType] = sgType,
            [IndexMap.TargetGroupNode] = tgNode,
            [IndexMap.TargetGroupType] = tgType,
        };
        int[] nodeType = new int[nodes];
        for (int t = 0; t < graph.Schema.NodeTypes.Count; t++)
        {
            int first = graph.NodeOffsets[t], count = graph.NodeCountOf(t);
            nodeType.AsSpan(first, count).Fill(t);
            string name = graph.Schema.NodeTypes[t].Name;
            counts[Space.NodesOf(name)] = count;
            maps[IndexMap.Inclusion(name)] = [.. Enumerable.Range(first, count)];
        }
        maps[IndexMap.NodeType] = nodeType;
        maps[IndexMap.EdgeTypeSource] = [.. graph.Schema.EdgeTypes.Select(t => graph.Schema.NodeTypeIndex(t.Source))];
        maps[IndexMap.EdgeTypeTarget] = [.. graph.Schema.EdgeTypes.Select(t => graph.Schema.NodeTypeIndex(t.Target))];
        return new Topology(counts, maps);
    }

    /// <summary>The number of each canonical edge in the concatenation of all lists of edges.</summary>
    /// <param name="graph">The graph.</param>
    public static int[] CanonicalOrder(HeteroGraph graph) => CanonicalOrder(graph, Listed(graph));

    private static (int[] Source, int[] Target, int[] Type) CanonicalEdges(HeteroGraph graph)
    {
        (int[] source, int[] target, int[] type) = Listed(graph);
        int[] order = CanonicalOrder(graph, (source, target, type));
        return (Compose(source, order), Compose(target, order), Compose(type, order));
    }

    /// <summary>Global ids of all edges, list after list.</summary>
    private static (int[] Source, int[] Target, int[] Type) Listed(HeteroGraph graph)
    {
        int[] source = new int[graph.EdgeCount], target = new int[graph.EdgeCount], type = new int[graph.EdgeCount];
        int e = 0;
        for (int r = 0; r < graph.Schema.EdgeTypes.Count; r++)
        {
            EdgeType edgeType = graph.Schema.EdgeTypes[r];
            EdgeList list = graph.EdgesOf(r);
            int firstSource = graph.NodeOffsets[graph.Schema.NodeTypeIndex(edgeType.Source)];
            int firstTarget = graph.NodeOffsets[graph.Schema.NodeTypeIndex(edgeType.Target)];
            for (int i = 0; i < list.Count; i++, e++)
            {
                source[e] = firstSource + list.Sources[i];
                target[e] = firstTarget + list.Targets[i];
                type[e] = r;
            }
        }
        return (source, target, type);
    }

    /// <summary>The order (target, type, source); equal edges keep their insertion order.</summary>
    private static int[] CanonicalOrder(HeteroGraph graph, (int[] Source, int[] Target, int[] Type) listed)
    {
        // Least significant key first; the edges already lie by type, but sorting by source mixes types again.
        int[] order = Csr.Invert(listed.Source, graph.NodeCount).Items;
        order = Compose(order, Csr.Invert(Compose(listed.Type, order), graph.Schema.EdgeTypes.Count).Items);
        return Compose(order, Csr.Invert(Compose(listed.Target, order), graph.NodeCount).Items);
    }

    /// <summary>Numbers the distinct (type, node) pairs in the order (type, node), and says which pair each edge belongs to.</summary>
    private static (int[] GroupOf, int[] Node, int[] Type) Group(int[] type, int[] node, int types, int nodes)
    {
        int[] order = Csr.Invert(node, nodes).Items;
        order = Compose(order, Csr.Invert(Compose(type, order), types).Items);
        int[] groupOf = new int[type.Length];
        List<int> groupNode = [], groupType = [];
        foreach (int e in order)
        {
            if (groupNode.Count == 0 || groupNode[^1] != node[e] || groupType[^1] != type[e])
            {
                groupNode.Add(node[e]);
                groupType.Add(type[e]);
            }
            groupOf[e] = groupNode.Count - 1;
        }
        return (groupOf, [.. groupNode], [.. groupType]);
    }

    private static int[] Compose(int[] values, int[] order)
    {
        int[] result = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
            result[i] = values[order[i]];
        return result;
    }
}
