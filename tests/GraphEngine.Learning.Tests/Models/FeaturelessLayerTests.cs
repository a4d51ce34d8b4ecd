using GraphEngine.Graphs;
using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Spaces;
using GraphEngine.Tensors;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Learning.Tests;

/// <summary>Layers on nodes without features are the layers on one-hot vectors, with the same weights.</summary>
public sealed class FeaturelessLayerTests
{
    private const int Width = 4;

    [Theory]
    [InlineData("rgcn", 0, 1)]
    [InlineData("rgcn", 2, 1)]
    [InlineData("rgat", 0, 1)]
    [InlineData("rgat", 0, 2)]
    [InlineData("rgat", 2, 1)]
    public void A_layer_without_features_is_the_layer_on_one_hot_vectors(string model, int bases, int heads)
    {
        HeteroGraph graph = UglyGraphs.Some(3);
        int nodes = graph.NodeCount;
        GraphProgram onVectors = Of(Layer(new ProgramBuilder().Input("x", Space.Nodes, RowShape.Vector(nodes)))), featureless = Of(Layer(null));

        Random random = new(6);
        Dictionary<string, double[]> given = onVectors.Leaves.ToDictionary(
            l => l.Name, l => Enumerable.Range(0, graph.Topology.Count(l.Type.Space) * l.Type.Row.Size).Select(_ => random.NextDouble() - 0.5).ToArray());
        given["x"] = [.. Enumerable.Range(0, nodes * nodes).Select(i => i / nodes == i % nodes ? 1.0 : 0)];
        Dictionary<string, double[]> rows = featureless.Leaves.ToDictionary(l => l.Name, l => l.Name switch
        {
            "l.weight" => RowsOfWeights(l, given["l.weight"], graph.Topology, heads, nodes),
            "l.bases" => RowsOfBases(given["l.bases"], nodes, bases),
            _ => given[l.Name],
        });
        double[] expected = ReferenceInterpreter.Run(onVectors, graph.Topology, given)["y"], actual = ReferenceInterpreter.Run(featureless, graph.Topology, rows)["y"];
        Assert.Contains(expected, y => Math.Abs(y) > 0.1);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-12));

        Node Layer(Node? x) => (model, x) switch
        {
            ("rgcn", null) => new RgcnLayer("l", graph.Schema.EdgeTypes.Count, Width, Bases: bases).ApplyFeatureless(new ProgramBuilder(), nodes),
            ("rgcn", _) => new RgcnLayer("l", graph.Schema.EdgeTypes.Count, Width, Bases: bases).Apply(x),
            (_, null) => new RgatLayer("l", Width, heads, Bases: bases).ApplyFeatureless(new ProgramBuilder(), nodes),
            _ => new RgatLayer("l", Width, heads, Bases: bases).Apply(x),
        };
    }

    [Fact]
    public void Groups_of_both_ends_are_the_distinct_pairs_of_type_and_node()
    {
        foreach ((_, HeteroGraph graph) in UglyGraphs.Extremes().Append(("some", UglyGraphs.Some(3))))
        {
            (int Type, int Node)[] ends = Pairs(graph.Topology, Space.EndGroups);
            Assert.Equal(Pairs(graph.Topology, Space.SourceGroups).Union(Pairs(graph.Topology, Space.TargetGroups)).Order(), ends);
        }
    }

    private static GraphProgram Of(Node y) => new([new Output("y", y)]);

    /// <summary>Row v of the matrix of relation r, for every group (r, v): heads are blocks of the matrix, and parts of the row.</summary>
    private static double[] RowsOfWeights(Op.Leaf leaf, double[] weights, Topology topology, int heads, int nodes)
    {
        int columns = leaf.Type.Row.Columns;
        return [.. Pairs(topology, leaf.Type.Space).SelectMany(g => Enumerable.Range(0, heads * columns).Select(c => weights[(((((g.Type * heads) + (c / columns)) * nodes) + g.Node) * columns) + (c % columns)]))];
    }

    /// <summary>Row v of every base, beside each other.</summary>
    private static double[] RowsOfBases(double[] matrices, int nodes, int bases) =>
        [.. Enumerable.Range(0, nodes).SelectMany(v => Enumerable.Range(0, bases * Width).Select(c => matrices[(((c / Width * nodes) + v) * Width) + (c % Width)]))];

    private static (int Type, int Node)[] Pairs(Topology topology, Space groups)
    {
        if (groups != Space.EndGroups)
        {
            bool isSource = groups == Space.SourceGroups;
            return [.. topology.Indices(isSource ? IndexMap.SourceGroupType : IndexMap.TargetGroupType).Zip(topology.Indices(isSource ? IndexMap.SourceGroupNode : IndexMap.TargetGroupNode))];
        }
        var pairs = new (int, int)[topology.Count(groups)];
        foreach ((Space side, IndexMap end) in ((Space, IndexMap)[])[(Space.SourceGroups, IndexMap.SourceGroupEnd), (Space.TargetGroups, IndexMap.TargetGroupEnd)])
        {
            foreach (((int, int) pair, int at) in Pairs(topology, side).Zip(topology.Indices(end)))
                pairs[at] = pair;
        }
        return pairs;
    }
}
