using GraphEngine.Graphs;
using GraphEngine.Spaces;

namespace GraphEngine.Testing;

/// <summary>Small graphs with everything that breaks kernels: empty relations, isolated nodes, hubs, duplicate edges, self loops, types of one node.</summary>
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
        [.. Enumerable.Repeat(1000, EdgeTypes)], [.. AlternatingSides.OnTargets.Select(t => t ? 1000 : 10)], [.. AlternatingSides.OnTargets.Select(t => t ? 10 : 1000)]);

    /// <summary>A graph of some hundred nodes: venue 0 is a hub, the last papers are isolated, some edges are there twice, one relation is empty.</summary>
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

    private static EdgeList Edges(int count, Func<int> source, Func<int> target) =>
        new([.. Enumerable.Range(0, count).Select(_ => source())], [.. Enumerable.Range(0, count).Select(_ => target())]);
}
