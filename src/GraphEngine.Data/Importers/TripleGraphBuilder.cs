using GraphEngine.Graphs;

namespace GraphEngine.Data.Importers;

/// <summary>Collects triples over one node type into a graph with one edge type per relation.</summary>
internal sealed class TripleGraphBuilder
{
    private readonly List<(List<int> Heads, List<int> Tails)> _edges = [];

    /// <summary>The nodes.</summary>
    public NameTable Entities { get; } = new();

    /// <summary>The edge types.</summary>
    public NameTable Relations { get; } = new();

    /// <summary>Adds an edge.</summary>
    public void Add(int head, int relation, int tail)
    {
        while (_edges.Count <= relation)
            _edges.Add(([], []));
        _edges[relation].Heads.Add(head);
        _edges[relation].Tails.Add(tail);
    }

    /// <summary>The data set. Sources of this kind state no licence in their files.</summary>
    public GraphData Build(string name, string source, string nodeType, IReadOnlyList<NodeTask> tasks)
    {
        string[] relations = Relations.ToArray();
        EdgeList[] edges = [.. relations.Select((_, r) => r < _edges.Count ? new EdgeList([.. _edges[r].Heads], [.. _edges[r].Tails]) : EdgeList.Empty)];
        GraphSchema schema = new([new NodeType(nodeType)], [.. relations.Select(relation => new EdgeType(relation, nodeType, nodeType))]);
        return new GraphData(name, "not stated in the files", source, new HeteroGraph(schema, [Entities.Count], edges), [null], [Entities.ToArray()], tasks);
    }
}
