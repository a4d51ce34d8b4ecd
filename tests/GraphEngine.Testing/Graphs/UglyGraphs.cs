using GraphEngine.Graphs;
using GraphEngine.Spaces;

namespace GraphEngine.Testing;

/// <summary>
/// Small graphs with everything that breaks kernels: empty relations, isolated nodes, hubs, duplicate edges, self loops, types of one node.
/// </summary>
public static class UglyGraphs
{
    /// <summary>The edge types of every graph made here.</summary>
    public const int EdgeTypes = 5;

    /// <summary>The node types of every graph made here.</summary>
    public const int NodeTypes = 3;

    private static readonly GraphSchema Schema = new(
        [new NodeType("paper"), new NodeType("author"), new NodeType("venue")],
        [
            new EdgeType("cites", "paper", "paper"), new EdgeType("empty", "author", "venue"), new EdgeType("writes", "author", "paper"),
            new EdgeType("appears", "paper", "venue"), new EdgeType("knows", "author", "author"),
        ]);

    /// <summary>Relations on both sides: every other one on target groups.</summary>
    public static RelationSides AlternatingSides { get; } = new([.. Enumerable.Range(0, EdgeTypes).Select(r => r % 2 == 0)]);

    /// <summary>Counts for which a cost model chooses <see cref="AlternatingSides"/>.</summary>
    public static RelationStatistics AlternatingStatistics { get; } = new(
        [.. Enumerable.Repeat(1000, EdgeTypes)], [.. AlternatingSides.OnTargets.Select(t => t ? 1000 : 10)], [.. AlternatingSides.OnTargets.Select(t => t ? 10 : 1000)],
        Nodes: 10, MostEdgesOfNode: 10);

    /// <summary>The same with so many nodes that products of weights cost nothing beside a product of nodes.</summary>
    public static RelationStatistics ManyNodes { get; } = AlternatingStatistics with { Nodes = 1 << 28 };

    /// <summary>The same with so many edges that a pass over all weights costs nothing beside one over them.</summary>
    public static RelationStatistics ManyEdges { get; } = AlternatingStatistics with { Edges = [.. Enumerable.Repeat(1 << 24, EdgeTypes)] };

    /// <summary>The same with few edges that all belong to one node, so that sums are cut in pieces of some edges.</summary>
    public static RelationStatistics OneHub { get; } = AlternatingStatistics with { Edges = [.. Enumerable.Repeat(40, EdgeTypes)], MostEdgesOfNode = 40 * EdgeTypes };

    /// <summary>Nodes that a program may end at: of one type, with a hub, without edges or without nodes in some graphs, and some papers.</summary>
    public static IReadOnlyList<Space> Ends { get; } = [Space.NodesOf("venue"), Space.NodesOf("author"), SomePapers, Space.NodesOf("paper")];

    /// <summary>Papers that <see cref="WithSomePapers"/> chooses.</summary>
    public static Space SomePapers => Space.SomeOf("paper", "some");

    /// <summary>The topology of one of these graphs, with every third paper among <see cref="Ends"/>.</summary>
    /// <param name="graph">A graph made here with the usual schema.</param>
    /// <param name="first">The first of them, less than three.</param>
    public static Topology WithSomePapers(HeteroGraph graph, int first = 1)
    {
        int[] papers = [.. Enumerable.Range(0, graph.NodeCountOf(0)).Where(v => v % 3 == first)];
        return graph.Topology.With(new Dictionary<Space, int> { [SomePapers] = papers.Length }, new Dictionary<IndexMap, int[]> { [IndexMap.Inclusion(SomePapers, Space.Nodes)] = papers });
    }

    /// <summary>
    /// A graph of some hundred nodes: venue 0 is a hub, the last papers are isolated, some edges are there twice, one relation is empty.
    /// </summary>
    /// <param name="seed">Decides the edges.</param>
    public static HeteroGraph Some(int seed)
    {
        Random random = new(seed);
        const int papers = 90, authors = 37, venues = 3;
        EdgeList cites = Edges(300, () => random.Next(papers - 9), () => random.Next(papers - 9));
        EdgeList twice = new([.. cites.Sources, .. cites.Sources[..20]], [.. cites.Targets, .. cites.Targets[..20]]);
        EdgeList appears = new([.. Enumerable.Range(0, papers - 9), 4], [.. Enumerable.Repeat(0, papers - 9), 2]);
        return new HeteroGraph(
            Schema, [papers, authors, venues],
            [twice, EdgeList.Empty, Edges(150, () => random.Next(authors), () => random.Next(papers - 9)), appears, new EdgeList([5, 6, 7], [5, 6, 6])]);
    }

    /// <summary>Nodes without a single edge.</summary>
    public static HeteroGraph WithoutEdges() => new(Schema, [6, 0, 1], [.. Enumerable.Repeat(EdgeList.Empty, EdgeTypes)]);

    /// <summary>Graphs at the edge of what is allowed, each with its name.</summary>
    public static IEnumerable<(string Name, HeteroGraph Graph)> Extremes()
    {
        Random random = new(11);
        GraphSchema One(int relations) => new([new NodeType("node")], [.. Enumerable.Range(0, relations).Select(r => new EdgeType($"r{r}", "node", "node"))]);
        EdgeList Some(int count, int nodes) => Edges(count, () => random.Next(nodes), () => random.Next(nodes));
        yield return ("one relation", new HeteroGraph(One(1), [40], [Some(200, 40)]));
        yield return ("six hundred relations", new HeteroGraph(One(600), [50], [.. Enumerable.Range(0, 600).Select(r => r % 3 == 0 ? EdgeList.Empty : Some(1 + (r % 4), 50))]));
        yield return ("self loops only", new HeteroGraph(One(2), [9], [new([.. Enumerable.Range(0, 9)], [.. Enumerable.Range(0, 9)]), new([4, 4], [4, 4])]));
        yield return ("one hub with all edges", new HeteroGraph(One(3), [60], [.. Enumerable.Range(0, 3).Select(_ => Edges(120, () => random.Next(60), () => 7))]));
        yield return ("one source of all edges", new HeteroGraph(One(2), [60], [.. Enumerable.Range(0, 2).Select(_ => Edges(120, () => 7, () => random.Next(60)))]));
        yield return ("the same edge many times", new HeteroGraph(One(1), [3], [Edges(50, () => 0, () => 2)]));
        yield return ("one node and no edge", new HeteroGraph(One(1), [1], [EdgeList.Empty]));
        yield return ("isolated nodes", new HeteroGraph(One(2), [300], [new([1], [2]), EdgeList.Empty]));
        yield return ("everything at once", UglyGraphs.Some(12));
        yield return ("no edges", WithoutEdges());
    }

    private static EdgeList Edges(int count, Func<int> source, Func<int> target) =>
        new([.. Enumerable.Range(0, count).Select(_ => source())], [.. Enumerable.Range(0, count).Select(_ => target())]);
}
