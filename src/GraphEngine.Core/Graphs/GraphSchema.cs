using GraphEngine.Spaces;

namespace GraphEngine.Graphs;

/// <summary>The compile-time facts of a graph: its node types and edge types, in a fixed order that numbers them.</summary>
public sealed class GraphSchema
{
    private readonly Dictionary<string, int> _nodeTypes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _edgeTypes = new(StringComparer.Ordinal);

    /// <summary>Creates a schema.</summary>
    /// <param name="nodeTypes">At least one node type, with unique names.</param>
    /// <param name="edgeTypes">Edge types with unique names, each between declared node types.</param>
    /// <exception cref="ArgumentNullException">A list is null.</exception>
    /// <exception cref="ArgumentException">A type is null, a name repeats or holds a control character or an end of a line, or an edge type joins an
    /// undeclared node type.</exception>
    public GraphSchema(IReadOnlyList<NodeType> nodeTypes, IReadOnlyList<EdgeType> edgeTypes)
    {
        ArgumentNullException.ThrowIfNull(nodeTypes);
        ArgumentNullException.ThrowIfNull(edgeTypes);
        if (nodeTypes.Count == 0)
            throw new ArgumentException("A graph needs at least one node type.", nameof(nodeTypes));
        for (int i = 0; i < nodeTypes.Count; i++)
        {
            CheckName("a node type", i, nodeTypes[i]?.Name, nameof(nodeTypes));
            if (!_nodeTypes.TryAdd(nodeTypes[i].Name, i))
                throw new ArgumentException($"The node type '{nodeTypes[i].Name}' is declared twice; give each node type its own name.", nameof(nodeTypes));
        }
        for (int i = 0; i < edgeTypes.Count; i++)
        {
            CheckName("an edge type", i, edgeTypes[i]?.Name, nameof(edgeTypes));
            EdgeType type = edgeTypes[i];
            if (!_edgeTypes.TryAdd(type.Name, i))
                throw new ArgumentException($"The edge type '{type.Name}' is declared twice; give each edge type its own name.", nameof(edgeTypes));
            foreach (string end in (string[])[type.Source, type.Target])
            {
                if (!_nodeTypes.ContainsKey(end))
                    throw new ArgumentException($"The edge type '{type.Name}' joins the node type '{end}', which is not declared.", nameof(edgeTypes));
            }
        }
        NodeTypes = nodeTypes;
        EdgeTypes = edgeTypes;
    }

    /// <summary>The node types; the position of each is its number.</summary>
    public IReadOnlyList<NodeType> NodeTypes { get; }

    /// <summary>The edge types; the position of each is its number.</summary>
    public IReadOnlyList<EdgeType> EdgeTypes { get; }

    /// <summary>The number of a node type.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">No node type has that name.</exception>
    public int NodeTypeIndex(string name) => _nodeTypes.TryGetValue(name, out int index)
        ? index
        : throw new KeyNotFoundException($"There is no node type '{name}'; the graph has {string.Join(", ", _nodeTypes.Keys)}.");

    /// <summary>The number of an edge type.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">No edge type has that name.</exception>
    public int EdgeTypeIndex(string name) => _edgeTypes.TryGetValue(name, out int index)
        ? index
        : throw new KeyNotFoundException($"There is no edge type '{name}'; the graph has {string.Join(", ", _edgeTypes.Keys)}.");

    private static void CheckName(string what, int position, string? name, string parameter)
    {
        if (name is null)
            throw new ArgumentException($"Entry {position} of the list is null instead of {what}.", parameter);
        if (PlainNames.FaultOf(what, name) is string fault)
            throw new ArgumentException(fault, parameter);
    }
}
