using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Training;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Tensors;

namespace GraphEngine.Learning.Models;

/// <summary>
/// One layer of a model as published comparisons of relational GNN systems run it: the whole graph, features on all nodes, and in training a
/// random label for every node, log-softmax with negative log-likelihood over all nodes, and Adam. Wu et al., arXiv 2301.06284, section 5.
/// </summary>
public static class LayerBenchmark
{
    /// <summary>The input of features.</summary>
    public const string FeatureInput = "x";

    /// <summary>The output of inference.</summary>
    public const string ResultOutput = "y";

    /// <summary>The output of a training step beside its loss: the gradient of the features.</summary>
    public const string GradientOutput = "grad_x";

    private const uint LabelStream = 1;

    /// <summary>The models that have a layer.</summary>
    public static IReadOnlyList<string> Models { get; } = ["rgcn", "rgat", "hgt"];

    /// <summary>The layer, or a training step of it.</summary>
    /// <param name="model">One of <see cref="Models"/>.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="inWidth">The width of the features.</param>
    /// <param name="outWidth">The width of the result; the number of classes in training.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="training">True for a training step.</param>
    /// <exception cref="ArgumentException">There is no layer of that model.</exception>
    public static Program Build(string model, HeteroGraph graph, int inWidth, int outWidth, int heads, bool training)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ProgramBuilder b = new();
        Node x = b.Input(FeatureInput, Space.Nodes, RowShape.Vector(inWidth));
        Node y = model switch
        {
            "rgcn" => new RgcnLayer("layer", graph.Schema.EdgeTypes.Count, outWidth).Apply(x),
            "rgat" => new RgatLayer("layer", outWidth, heads).Apply(x),
            "hgt" => new HgtLayer("layer", outWidth, outWidth, heads).Apply(x),
            _ => throw new ArgumentException($"The model '{model}' has no layer to measure; choose one of {string.Join(", ", Models)}.", nameof(model)),
        };
        if (!training)
            return new Program([new Output(ResultOutput, y)]);
        Node loss = Losses.CrossEntropy(y, Labels(outWidth), b.Constant(1f / graph.NodeCount));
        Node[] parameters = [.. ProgramGraph.Reachable([loss]).Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([x, .. parameters]);
        // A layer inside a network hands a gradient on, so that it is part of the step.
        return new Program(
            [new Output(NodeClassification.LossOutput, loss), new Output(GradientOutput, gradients[x])],
            new Adam().Updates(gradients.Where(g => !ReferenceEquals(g.Key, x)).ToDictionary()));
    }

    /// <summary>The topology of a graph with random labels.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="classes">The number of classes.</param>
    public static Topology Topology(HeteroGraph graph, int classes)
    {
        uint key = CounterRandom.Key(1, 0, LabelStream);
        int[] labels = [.. Enumerable.Range(0, graph.NodeCount).Select(v => (int)(CounterRandom.Bits(key, (uint)v) % (uint)classes))];
        return graph.Topology.With(new Dictionary<Space, int>(), new Dictionary<IndexMap, int[]> { [Labels(classes)] = labels });
    }

    /// <summary>The map from nodes to their labels, of a topology that <see cref="Topology"/> made.</summary>
    /// <param name="classes">The number of classes.</param>
    public static IndexMap Labels(int classes) => new("label.random", Space.Nodes, Space.Fixed("class", classes));
}
