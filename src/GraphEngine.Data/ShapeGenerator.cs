using GraphEngine.Data.Folders;
using GraphEngine.Data.Shapes;
using GraphEngine.Graphs;

namespace GraphEngine.Data;

/// <summary>
/// Seeded graphs with the counts, the skew and the group ratios of published benchmarks: for measuring, not for learning. Each edge type joins
/// one source type to one target type; relation sizes and degrees follow power laws. Several threads may generate at once.
/// </summary>
public static class ShapeGenerator
{
    // Counts as the published benchmark loads them. Group shares are published for aifb, mutag and fb15k, half remembered for am, and assumed for
    // bgs.
    private static readonly Dictionary<string, Func<double, ulong, ShapePlan>> Shapes = new(StringComparer.Ordinal)
    {
        ["aifb"] = new DrawnShape(7_262, 48_810, 7, 104, 0.85, 0.455, 0.278, 4).Plan,
        ["mutag"] = new DrawnShape(27_163, 148_100, 5, 50, 1.15, 0.515, 0.155, 2).Plan,
        ["bgs"] = new DrawnShape(94_806, 672_884, 27, 122, 1.0, 0.5, 0.2, 2).Plan,
        ["am"] = new DrawnShape(1_885_136, 5_668_682, 7, 108, 0.9, 0.57, 0.25, 11).Plan,
        ["fb15k"] = new DrawnShape(14_541, 620_232, 1, 474, 0.65, 0.261, 0.103, 10).Plan,
        ["biokg"] = (scale, _) => ListedShape.BioKg(scale),
        ["mag"] = (scale, _) => ListedShape.Mag(scale),
    };

    /// <summary>The names of the shapes.</summary>
    public static IReadOnlyCollection<string> Names => Shapes.Keys;

    /// <summary>Generates a graph without features, with a task of random labels on its largest node type, split 60 / 20 / 20.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="scale">Multiplies the numbers of nodes and edges; the types stay. Above 0, at most 50.</param>
    /// <param name="seed">Decides every random choice: one seed, one graph, in every version.</param>
    /// <param name="cancellation">Stops the generation.</param>
    /// <exception cref="DatasetException">The shape is unknown or the scale is out of range.</exception>
    public static GraphData Generate(string name, double scale = 1, ulong seed = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Shapes.TryGetValue(name, out Func<double, ulong, ShapePlan>? plan))
            throw new DatasetException($"There is no shape '{name}'; use {string.Join(", ", Shapes.Keys)}.");
        if (!(scale > 0 && scale <= 50))
            throw new DatasetException(FormattableString.Invariant($"The scale {scale} is out of range; use one above 0 and at most 50."));
        ShapePlan shape = plan(scale, seed);
        EdgeList[] edges = new EdgeList[shape.Relations.Count];
        // One stream per relation: relations can then be drawn in any order, or at once.
        SplitMix64 random = new(seed);
        ulong[] streams = [.. edges.Select(_ => random.Next())];
        ParallelWork.Run(edges.Length, r =>
        {
            RelationPlan relation = shape.Relations[r];
            edges[r] = EdgeSampler.Draw(relation, shape.NodeTypes[relation.Source].Count, shape.NodeTypes[relation.Target].Count, streams[r]);
        }, cancellation);

        List<EdgeType> edgeTypes = [.. shape.Relations.Select(relation => new EdgeType(relation.Name, shape.NodeTypes[relation.Source].Name, shape.NodeTypes[relation.Target].Name))];
        HeteroGraph graph = new(new GraphSchema([.. shape.NodeTypes.Select(type => new NodeType(type.Name))], edgeTypes), [.. shape.NodeTypes.Select(type => type.Count)], edges);
        graph = shape.Mirrored ? graph.WithInverseEdges() : graph;
        int types = shape.NodeTypes.Count;
        return new GraphData(
            name,
            "generated, free of any terms",
            FormattableString.Invariant($"shape {name}, scale {scale}, seed {seed}"),
            graph,
            new FeatureMatrix?[types],
            new string[]?[types],
            [RandomTask(shape, seed)]);
    }

    private static NodeTask RandomTask(ShapePlan shape, ulong seed)
    {
        (string nodeType, int count) = shape.NodeTypes.MaxBy(type => type.Count);
        SplitMix64 random = new(~seed);
        int[][] oneOf = [.. Enumerable.Range(0, shape.Classes).Select(label => (int[])[label])];
        int[][] labels = new int[count][];
        Split[] splits = new Split[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = oneOf[random.Next(shape.Classes)];
            splits[i] = random.Next(5) switch { 0 => Split.Valid, 1 => Split.Test, _ => Split.Train };
        }
        return new NodeTask("random", nodeType, [.. Enumerable.Range(0, shape.Classes).Select(label => $"class{label}")], MultiLabel: false, labels, splits);
    }
}
