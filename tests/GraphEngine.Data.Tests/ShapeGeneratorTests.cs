using GraphEngine.Graphs;
using GraphEngine.Spaces;
using Xunit;

namespace GraphEngine.Data.Tests;

public sealed class ShapeGeneratorTests
{
    [Theory]
    [InlineData("aifb", 7_262, 48_810, 7, 104)]
    [InlineData("mutag", 27_163, 148_100, 5, 50)]
    [InlineData("bgs", 94_806, 672_884, 27, 122)]
    [InlineData("am", 1_885_136, 5_668_682, 7, 108)]
    [InlineData("fb15k", 14_541, 620_232, 1, 474)]
    [InlineData("biokg", 93_773, 4_762_678, 5, 51)]
    [InlineData("mag", 1_939_743, 21_111_007, 4, 4)]
    public void A_shape_has_the_published_counts(string name, int nodes, int edges, int nodeTypes, int edgeTypes)
    {
        GraphData data = ShapeGenerator.Generate(name, cancellation: TestContext.Current.CancellationToken);
        HeteroGraph graph = data.Graph;
        Assert.Equal((nodes, edges), (graph.NodeCount, graph.EdgeCount));
        Assert.Equal((nodeTypes, edgeTypes), (graph.Schema.NodeTypes.Count, graph.Schema.EdgeTypes.Count));
        Assert.All(data.Features, Assert.Null);
        int largest = Enumerable.Range(0, nodeTypes).Max(graph.NodeCountOf);
        Assert.Equal(largest, graph.NodeCountOf(graph.Schema.NodeTypeIndex(Assert.Single(data.Tasks).NodeType)));
    }

    [Theory]
    [InlineData("aifb", 0.455, 0.278)]
    [InlineData("mutag", 0.515, 0.155)]
    [InlineData("fb15k", 0.261, 0.103)]
    public void A_shape_has_the_published_group_ratios(string name, double sourceGroups, double bestSide)
    {
        (double source, double best) = Ratios(ShapeGenerator.Generate(name, cancellation: TestContext.Current.CancellationToken).Graph);
        Assert.Equal(sourceGroups, source, 0.01);
        Assert.Equal(bestSide, best, 0.01);
    }

    [Fact]
    public void Degrees_have_hubs()
    {
        Topology topology = ShapeGenerator.Generate("fb15k", cancellation: TestContext.Current.CancellationToken).Graph.Topology;
        Csr incoming = topology.Inverse(IndexMap.EdgeTarget);
        int[] degrees = [.. Enumerable.Range(0, incoming.Rows).Select(incoming.Degree).OrderDescending()];
        Assert.InRange(degrees[0], 40 * topology.Count(Space.Edges) / incoming.Rows, topology.Count(Space.Edges));
    }

    [Theory]
    [InlineData("aifb")]
    [InlineData("biokg")]
    [InlineData("mag")]
    public void A_seed_means_one_graph(string name)
    {
        GraphData first = ShapeGenerator.Generate(name, 0.02, 7, TestContext.Current.CancellationToken), same = ShapeGenerator.Generate(name, 0.02, 7, TestContext.Current.CancellationToken);
        GraphData other = ShapeGenerator.Generate(name, 0.02, 8, TestContext.Current.CancellationToken);
        bool differs = false;
        for (int r = 0; r < first.Graph.Schema.EdgeTypes.Count; r++)
        {
            Assert.Equal(first.Graph.EdgesOf(r).Sources, same.Graph.EdgesOf(r).Sources);
            Assert.Equal(first.Graph.EdgesOf(r).Targets, same.Graph.EdgesOf(r).Targets);
            differs |= !first.Graph.EdgesOf(r).Sources.SequenceEqual(other.Graph.EdgesOf(r).Sources);
        }
        Assert.Equal(first.Tasks[0].Labels, same.Tasks[0].Labels);
        Assert.True(differs);
    }

    [Fact]
    public void A_seed_means_the_same_graph_in_every_version()
    {
        // Computed by another program from the description of the generator.
        EdgeList edges = ShapeGenerator.Generate("mag", 0.00001, 3, TestContext.Current.CancellationToken).Graph.EdgesOf(1);
        Assert.Equal([4, 9, 3, 8, 2, 7, 1, 6, 0, 5, 10, 4, 4, 1, 8, 1], edges.Sources[..16]);
        Assert.Equal([5, 4, 3, 0, 4, 5, 6, 2, 0, 1, 2, 0, 0, 1, 6, 1], edges.Targets[..16]);
    }

    [Theory]
    [InlineData("aifb", 0.5, 3_631, 24_404)]
    [InlineData("mag", 0.001, 1_940, 21_111)]
    public void A_scale_multiplies_nodes_and_edges(string name, double scale, int nodes, int edges)
    {
        HeteroGraph graph = ShapeGenerator.Generate(name, scale, cancellation: TestContext.Current.CancellationToken).Graph;
        Assert.Equal((nodes, edges), (graph.NodeCount, graph.EdgeCount));
    }

    [Fact]
    public void What_cannot_be_generated_is_refused_with_a_sentence()
    {
        Assert.Equal(
            "There is no shape 'cora'; use aifb, mutag, bgs, am, fb15k, biokg, mag.",
            Assert.Throws<DatasetException>(() => ShapeGenerator.Generate("cora", cancellation: TestContext.Current.CancellationToken)).Message);
        Assert.Equal(
            "The scale 0 is out of range; use one above 0 and at most 50.",
            Assert.Throws<DatasetException>(() => ShapeGenerator.Generate("aifb", 0, cancellation: TestContext.Current.CancellationToken)).Message);
    }

    private static (double Source, double Best) Ratios(HeteroGraph graph)
    {
        int source = 0, best = 0;
        for (int r = 0; r < graph.Schema.EdgeTypes.Count; r++)
        {
            int sources = graph.EdgesOf(r).Sources.Distinct().Count(), targets = graph.EdgesOf(r).Targets.Distinct().Count();
            source += sources;
            best += Math.Min(sources, targets);
        }
        return ((double)source / graph.EdgeCount, (double)best / graph.EdgeCount);
    }
}
