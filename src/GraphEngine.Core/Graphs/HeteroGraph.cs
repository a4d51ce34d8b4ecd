using GraphEngine.Spaces;

namespace GraphEngine.Graphs;

/// <summary>
/// An immutable typed graph: a schema, node counts, and one edge list per edge type. Nodes are numbered globally by type;
/// edges are stored once more, sorted by (target, type, source), in the arrays that kernels read.
/// </summary>
public sealed class HeteroGraph
{
    /// <summary>What <see cref="WithInverseEdges"/> puts behind the names of edge types.</summary>
    public const string InverseSuffix = ".inverse";

    private readonly int[] _nodeOffsets;
    private readonly EdgeList[] _edges;
    private readonly Lazy<Topology> _topology;
    private readonly Lazy<EdgeOrder> _edgeOrder;

    /// <summary>Creates a graph.</summary>
    /// <param name="schema">Its types.</param>
    /// <param name="nodeCounts">The number of nodes of each node type.</param>
    /// <param name="edges">The edges of each edge type.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">A count is negative, a list is missing, an edge points outside its node type, or there are more nodes or
    /// edges than indices can tell apart.</exception>
    public HeteroGraph(GraphSchema schema, IReadOnlyList<int> nodeCounts, IReadOnlyList<EdgeList> edges)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(nodeCounts);
        ArgumentNullException.ThrowIfNull(edges);
        if (nodeCounts.Count != schema.NodeTypes.Count)
            throw new ArgumentException($"The schema has {schema.NodeTypes.Count} node types, but {nodeCounts.Count} node counts were given.", nameof(nodeCounts));
        if (edges.Count != schema.EdgeTypes.Count)
            throw new ArgumentException($"The schema has {schema.EdgeTypes.Count} edge types, but {edges.Count} edge lists were given.", nameof(edges));
        Schema = schema;
        _nodeOffsets = new int[nodeCounts.Count + 1];
        for (int t = 0; t < nodeCounts.Count; t++)
        {
            if (nodeCounts[t] < 0)
                throw new ArgumentException($"The node type '{schema.NodeTypes[t].Name}' has {nodeCounts[t]} nodes; a count cannot be negative.", nameof(nodeCounts));
            _nodeOffsets[t + 1] = Limited((long)_nodeOffsets[t] + nodeCounts[t], "nodes", nameof(nodeCounts));
        }
        _edges = [.. edges];
        int total = 0;
        for (int r = 0; r < _edges.Length; r++)
        {
            Validate(r);
            total = Limited((long)total + _edges[r].Count, "edges", nameof(edges));
        }
        EdgeCount = total;
        _topology = new Lazy<Topology>(() => GraphTopology.Build(this));
        // Apart from the topology: a number for every edge that few ask for.
        _edgeOrder = new Lazy<EdgeOrder>(() => new EdgeOrder(this));
    }

    /// <summary>The node and edge types.</summary>
    public GraphSchema Schema { get; }

    /// <summary>The number of nodes of all types.</summary>
    public int NodeCount => _nodeOffsets[^1];

    /// <summary>The number of edges of all types.</summary>
    public int EdgeCount { get; }

    /// <summary>The global number of the first node of each type, and at the end the number of nodes.</summary>
    public ReadOnlySpan<int> NodeOffsets => _nodeOffsets;

    /// <summary>The number of nodes of one type.</summary>
    /// <param name="nodeType">The number of the node type.</param>
    /// <exception cref="ArgumentOutOfRangeException">No node type has that number.</exception>
    public int NodeCountOf(int nodeType) => (uint)nodeType < (uint)Schema.NodeTypes.Count
        ? _nodeOffsets[nodeType + 1] - _nodeOffsets[nodeType]
        : throw new ArgumentOutOfRangeException(nameof(nodeType), $"There is no node type {nodeType}; the {Schema.NodeTypes.Count} node types are numbered from 0.");

    /// <summary>The edges of one type, in insertion order, with local indices.</summary>
    /// <param name="edgeType">The number of the edge type.</param>
    /// <exception cref="ArgumentOutOfRangeException">No edge type has that number.</exception>
    public EdgeList EdgesOf(int edgeType) => (uint)edgeType < (uint)_edges.Length
        ? _edges[edgeType]
        : throw new ArgumentOutOfRangeException(nameof(edgeType), $"There is no edge type {edgeType}; the {_edges.Length} edge types are numbered from 0.");

    /// <summary>The spaces and maps of this graph, built on first use.</summary>
    public Topology Topology => _topology.Value;

    /// <summary>
    /// Where the edges of each list are among all edges, in the order in which values of edges are given and read; made on first use.
    /// </summary>
    public EdgeOrder EdgeOrder => _edgeOrder.Value;

    /// <summary>
    /// The graph with one more edge type per edge type, holding the same edges reversed. It is named <c>name.inverse</c>; where there is an edge type
    /// of that name, the suffix is repeated until there is none.
    /// </summary>
    public HeteroGraph WithInverseEdges()
    {
        List<EdgeType> types = [.. Schema.EdgeTypes];
        List<EdgeList> edges = [.. _edges];
        HashSet<string> names = [.. types.Select(t => t.Name)];
        foreach (EdgeType type in Schema.EdgeTypes)
        {
            string name = type.Name + InverseSuffix;
            while (!names.Add(name))
                name += InverseSuffix;
            types.Add(new EdgeType(name, type.Target, type.Source));
        }
        foreach (EdgeList list in _edges)
            edges.Add(list.Reverse());
        int[] counts = [.. Enumerable.Range(0, Schema.NodeTypes.Count).Select(NodeCountOf)];
        return new HeteroGraph(new GraphSchema(Schema.NodeTypes, types), counts, edges);
    }

    /// <summary>
    /// True where most edges belong to types whose edges are all there a second time, reversed, as another type or the same one: adding inverses
    /// would only double them.
    /// </summary>
    public bool HoldsInverses() => InverseTypes.Find(this).Sum(r => (long)_edges[r].Count) * 2 > EdgeCount;

    private static int Limited(long count, string what, string parameter) => count <= int.MaxValue
        ? (int)count
        : throw new ArgumentException($"The graph would have {count} {what} or more, but indices can tell {int.MaxValue} apart; divide it into smaller graphs.", parameter);

    private void Validate(int r)
    {
        EdgeType type = Schema.EdgeTypes[r];
        EdgeList list = _edges[r] ?? throw new ArgumentException($"The edge type '{type.Name}' has null for its list of edges; an edge type without edges has an empty one.");
        if (list.Sources.Length != list.Targets.Length)
            throw new ArgumentException($"The edge type '{type.Name}' has {list.Sources.Length} sources but {list.Targets.Length} targets.");
        CheckEnds(type.Name, "source", list.Sources, type.Source);
        CheckEnds(type.Name, "target", list.Targets, type.Target);
    }

    private void CheckEnds(string edgeType, string end, int[] nodes, string nodeType)
    {
        int count = NodeCountOf(Schema.NodeTypeIndex(nodeType));
        for (int i = 0; i < nodes.Length; i++)
        {
            if ((uint)nodes[i] >= (uint)count)
                throw new ArgumentException($"Edge {i} of type '{edgeType}' has the {end} {nodes[i]}, but the node type '{nodeType}' has only {count} nodes.");
        }
    }
}
