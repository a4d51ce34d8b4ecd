using CsCheck;
using GraphEngine.Graphs;
using QuikGraph;
using Xunit;

namespace GraphEngine.Core.Tests.Graphs;

public sealed class QuikGraphConversionTests
{
    [Fact]
    public void A_graph_survives_the_way_there_and_back() => RandomGraphs.Any.Sample(graph =>
    {
        BidirectionalGraph<NodeId, TaggedEdge<NodeId, string>> there = graph.ToQuikGraph();
        Assert.Equal((graph.NodeCount, graph.EdgeCount), (there.VertexCount, there.EdgeCount));
        (HeteroGraph back, IReadOnlyList<IReadOnlyList<NodeId>> vertices) = QuikGraphConversion.FromQuikGraph(there, node => node.Type, graph.Schema);
        for (int t = 0; t < graph.Schema.NodeTypes.Count; t++)
            Assert.Equal(Enumerable.Range(0, graph.NodeCountOf(t)).Select(i => new NodeId(graph.Schema.NodeTypes[t].Name, i)), vertices[t]);
        for (int r = 0; r < graph.Schema.EdgeTypes.Count; r++)
            Assert.Equal(Edges(graph.EdgesOf(r)), Edges(back.EdgesOf(r)));
    });

    [Fact]
    public void A_graph_of_any_vertices_gets_its_schema_from_what_occurs()
    {
        AdjacencyGraph<string, TaggedEdge<string, string>> graph = new();
        graph.AddVertexRange(["person Ann", "city Bern", "person Bo"]);
        graph.AddEdge(new TaggedEdge<string, string>("person Bo", "city Bern", "lives in"));
        graph.AddEdge(new TaggedEdge<string, string>("person Ann", "person Bo", "knows"));
        (HeteroGraph typed, IReadOnlyList<IReadOnlyList<string>> vertices) = QuikGraphConversion.FromQuikGraph(graph, vertex => vertex.Split(' ')[0]);
        Assert.Equal(["person", "city"], typed.Schema.NodeTypes.Select(type => type.Name));
        Assert.Equal(["person Ann", "person Bo"], vertices[0]);
        EdgeList lives = typed.EdgesOf(typed.Schema.EdgeTypeIndex("lives in"));
        Assert.Equal([1], lives.Sources);
        Assert.Equal([0], lives.Targets);
    }

    [Fact]
    public void A_tag_for_two_kinds_of_edges_is_refused()
    {
        AdjacencyGraph<NodeId, TaggedEdge<NodeId, string>> graph = new();
        graph.AddVerticesAndEdge(new TaggedEdge<NodeId, string>(new NodeId("a", 0), new NodeId("b", 0), "r"));
        graph.AddVerticesAndEdge(new TaggedEdge<NodeId, string>(new NodeId("b", 0), new NodeId("a", 0), "r"));
        ArgumentException error = Assert.Throws<ArgumentException>(() => QuikGraphConversion.FromQuikGraph(graph, node => node.Type));
        Assert.StartsWith("An edge tagged 'r' joins 'b' to 'a', but others join 'a' to 'b'; use a tag of its own.", error.Message);
    }

    private static IEnumerable<(int, int)> Edges(EdgeList list) => list.Sources.Zip(list.Targets).Order();
}
