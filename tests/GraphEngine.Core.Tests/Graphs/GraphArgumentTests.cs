using GraphEngine.Graphs;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Graphs;

/// <summary>What no graph can be made from, and what no graph has.</summary>
public sealed class GraphArgumentTests
{
    public static TheoryData<string, Action> Nulls() => new()
    {
        { "Name", () => _ = new NodeType(null!) },
        { "Name", () => _ = new EdgeType(null!, "a", "a") },
        { "Source", () => _ = new EdgeType("e", null!, "a") },
        { "Target", () => _ = new EdgeType("e", "a", null!) },
        { "Sources", () => _ = new EdgeList(null!, []) },
        { "Targets", () => _ = new EdgeList([], null!) },
        { "nodeTypes", () => _ = new GraphSchema(null!, []) },
        { "edgeTypes", () => _ = new GraphSchema([new NodeType("a")], null!) },
        { "schema", () => _ = new HeteroGraph(null!, [1], []) },
        { "nodeCounts", () => _ = new HeteroGraph(new GraphSchema([new NodeType("a")], []), null!, []) },
        { "edges", () => _ = new HeteroGraph(new GraphSchema([new NodeType("a")], []), [1], null!) },
    };

    [Theory, MemberData(nameof(Nulls))]
    public void Null_is_named(string parameter, Action make) => Assert.Equal(parameter, Assert.Throws<ArgumentNullException>(make).ParamName);

    [Fact]
    public void Null_among_others_is_named_too()
    {
        Assert.Equal("Entry 1 of the list is null instead of a node type. (Parameter 'nodeTypes')", Assert.Throws<ArgumentException>(() => new GraphSchema([new NodeType("a"), null!], [])).Message);
        GraphSchema schema = new([new NodeType("a")], [new EdgeType("e", "a", "a")]);
        Assert.StartsWith("The edge type 'e' has null for its list of edges", Assert.Throws<ArgumentException>(() => new HeteroGraph(schema, [1], [null!])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\nb", "U+000A")]
    [InlineData("a\tb", "U+0009")]
    [InlineData("a\u0085b", "U+0085")]
    [InlineData("a\u2028b", "U+2028")]
    [InlineData("a\u2029b", "U+2029")]
    public void Names_fit_in_a_line(string name, string character)
    {
        foreach (Action make in (Action[])[() => _ = new GraphSchema([new NodeType(name)], []), () => _ = new GraphSchema([new NodeType("n")], [new EdgeType(name, "n", "n")])])
            Assert.Contains($"begins with 'a' holds the character {character} at position 1", Assert.Throws<ArgumentException>(make).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_that_a_graph_does_not_have_are_sentences()
    {
        HeteroGraph graph = UglyGraphs.Some(1);
        Assert.StartsWith("There is no node type 9; the 3 node types are numbered from 0.", Assert.Throws<ArgumentOutOfRangeException>(() => graph.NodeCountOf(9)).Message, StringComparison.Ordinal);
        Assert.StartsWith("There is no edge type -1; the 5 edge types are numbered from 0.", Assert.Throws<ArgumentOutOfRangeException>(() => graph.EdgesOf(-1)).Message, StringComparison.Ordinal);
        Assert.Equal("There is no edge type 'x'; the graph has cites, empty, writes, appears, knows.", Assert.Throws<KeyNotFoundException>(() => graph.Schema.EdgeTypeIndex("x")).Message);
    }
}
