using QuikGraph;

namespace GraphEngine.Graphs;

/// <summary>Exchanges graphs with QuikGraph, the graph library of .NET: an edge's tag is the name of its edge type.</summary>
public static class QuikGraphConversion
{
    /// <summary>The graph as a QuikGraph graph, with all nodes in order and parallel edges kept.</summary>
    /// <param name="graph">The graph.</param>
    public static BidirectionalGraph<NodeId, TaggedEdge<NodeId, string>> ToQuikGraph(this HeteroGraph graph)
    {
        BidirectionalGraph<NodeId, TaggedEdge<NodeId, string>> result = new(allowParallelEdges: true);
        for (int t = 0; t < graph.Schema.NodeTypes.Count; t++)
        {
            for (int i = 0; i < graph.NodeCountOf(t); i++)
                result.AddVertex(new NodeId(graph.Schema.NodeTypes[t].Name, i));
        }
        for (int r = 0; r < graph.Schema.EdgeTypes.Count; r++)
        {
            EdgeType type = graph.Schema.EdgeTypes[r];
            EdgeList list = graph.EdgesOf(r);
            for (int i = 0; i < list.Count; i++)
                result.AddEdge(new TaggedEdge<NodeId, string>(new NodeId(type.Source, list.Sources[i]), new NodeId(type.Target, list.Targets[i]), type.Name));
        }
        return result;
    }

    /// <summary>A QuikGraph graph as a typed graph. Nodes are numbered within their types in the order of the graph's vertices.</summary>
    /// <param name="graph">The graph; each tag names an edge type and must always join the same two node types.</param>
    /// <param name="typeOf">The node type of a vertex.</param>
    /// <param name="schema">The types and their order; those that occur, in order of first appearance, when left out.</param>
    /// <returns>The graph, and the vertex of each node, by node type.</returns>
    /// <typeparam name="TVertex">What the graph's vertices are.</typeparam>
    /// <exception cref="ArgumentException">A tag joins different node types, or a type is not in the schema.</exception>
    public static (HeteroGraph Graph, IReadOnlyList<IReadOnlyList<TVertex>> Vertices) FromQuikGraph<TVertex>(
        IEdgeListGraph<TVertex, TaggedEdge<TVertex, string>> graph, Func<TVertex, string> typeOf, GraphSchema? schema = null)
        where TVertex : notnull
    {
        schema ??= SchemaOf(graph, typeOf);
        List<TVertex>[] vertices = [.. schema.NodeTypes.Select(_ => new List<TVertex>())];
        Dictionary<TVertex, int> rows = [];
        foreach (TVertex vertex in graph.Vertices)
        {
            List<TVertex> ofType = vertices[Index(schema.NodeTypeIndex, typeOf(vertex))];
            rows.Add(vertex, ofType.Count);
            ofType.Add(vertex);
        }
        (List<int> Sources, List<int> Targets)[] edges = [.. schema.EdgeTypes.Select(_ => (new List<int>(), new List<int>()))];
        foreach (TaggedEdge<TVertex, string> edge in graph.Edges)
        {
            int r = Index(schema.EdgeTypeIndex, edge.Tag);
            EdgeType type = schema.EdgeTypes[r];
            if (typeOf(edge.Source) != type.Source || typeOf(edge.Target) != type.Target)
                throw new ArgumentException($"An edge tagged '{type.Name}' joins '{typeOf(edge.Source)}' to '{typeOf(edge.Target)}', but others join '{type.Source}' to '{type.Target}'; use a tag of its own.", nameof(graph));
            edges[r].Sources.Add(rows[edge.Source]);
            edges[r].Targets.Add(rows[edge.Target]);
        }
        HeteroGraph result = new(schema, [.. vertices.Select(list => list.Count)], [.. edges.Select(list => new EdgeList([.. list.Sources], [.. list.Targets]))]);
        return (result, vertices);
    }

    private static GraphSchema SchemaOf<TVertex>(IEdgeListGraph<TVertex, TaggedEdge<TVertex, string>> graph, Func<TVertex, string> typeOf)
    {
        NodeType[] nodeTypes = [.. graph.Vertices.Select(typeOf).Distinct().Select(name => new NodeType(name))];
        EdgeType[] edgeTypes = [.. graph.Edges.DistinctBy(edge => edge.Tag).Select(edge => new EdgeType(edge.Tag, typeOf(edge.Source), typeOf(edge.Target)))];
        return new GraphSchema(nodeTypes, edgeTypes);
    }

    private static int Index(Func<string, int> find, string name)
    {
        try
        {
            return find(name);
        }
        catch (KeyNotFoundException error)
        {
            throw new ArgumentException(error.Message, nameof(name), error);
        }
    }
}
