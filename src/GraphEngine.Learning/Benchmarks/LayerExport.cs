using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Spaces;
using GraphEngine.Tensors;

namespace GraphEngine.Learning.Benchmarks;

/// <summary>
/// Writes what a measured layer computes, so that another system can be held to it: the features <c>x</c> [nodes, width] and every parameter as
/// <c>w.NAME</c> [rows, heads, rows of a matrix, columns]; of inference the result <c>y</c> [nodes, width]; of a training step the labels
/// <c>label</c> [nodes], the <c>loss</c>, and its gradients <c>grad_x</c> and <c>g.NAME</c>. Nodes are numbered as <c>data export</c> numbers them.
/// </summary>
public static class LayerExport
{
    /// <summary>Says whether the tensors of nodes fit in such a file.</summary>
    /// <param name="nodes">The number of nodes.</param>
    /// <param name="width">The larger one of the widths.</param>
    public static bool Fits(int nodes, int width) => (long)nodes * width * sizeof(float) <= Array.MaxLength;

    /// <summary>Runs the layer once more, from its first values, and writes the file.</summary>
    /// <param name="file">The file; replaced if it exists.</param>
    /// <param name="bound">What was measured: a program of <see cref="LayerBenchmark.Build"/>.</param>
    /// <param name="classes">The number of classes; null for inference.</param>
    /// <param name="metadata">Says which layer it is.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string file, BoundProgram bound, int? classes, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(bound);
        bound.Reset();
        Op.Leaf[] parameters = [.. bound.Leaves.Where(l => l.Role == LeafRole.Parameter)];
        // A step changes its parameters: they are read before it.
        List<Tensor> tensors = [.. parameters.Select(p => Of("w." + p.Name, p, bound.Read(p.Name)))];
        float[] features = bound.Read(LayerBenchmark.FeatureInput);
        int nodes = bound.Topology.Count(Space.Nodes);
        tensors.Add(Tensor.Of("x", features, nodes, features.Length / nodes));
        bound.Executor.Run();
        if (classes is not int count)
        {
            float[] result = bound.Executor.Read(LayerBenchmark.ResultOutput);
            tensors.Add(Tensor.Of("y", result, nodes, result.Length / nodes));
        }
        else
        {
            tensors.Add(Tensor.Of("label", Array.ConvertAll(bound.Topology.Indices(LayerBenchmark.Labels(count)), label => (long)label)));
            tensors.Add(Tensor.Of("loss", bound.Executor.Read(NodeClassification.LossOutput)));
            tensors.Add(Tensor.Of("grad_x", bound.Executor.Read(LayerBenchmark.GradientOutput), nodes, features.Length / nodes));
            // Adam's first moment after one step from zero is the gradient times 1 - beta.
            float share = 1 - new Adam().Beta1;
            tensors.AddRange(parameters.Select(p => Of("g." + p.Name, p, Array.ConvertAll(bound.Read("adam.m." + p.Name), m => m / share))));
        }
        SafetensorsFile.Write(file, tensors, metadata);
    }

    private static Tensor Of(string name, Op.Leaf leaf, float[] values)
    {
        RowShape row = leaf.Type.Row;
        return Tensor.Of(name, values, values.Length / row.Size, row.Heads, row.Rows, row.Columns);
    }
}
