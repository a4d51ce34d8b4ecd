using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Tensors;

namespace GraphEngine.Learning.Verification;

/// <summary>A relational graph convolution: weight [R, in, out], root [in, out], bias [out], as ours.</summary>
/// <param name="File">The case.</param>
/// <param name="Aggregation">How messages are combined.</param>
/// <param name="Out">The width of the result.</param>
internal sealed record RgcnReference(SafetensorsFile File, Aggregation Aggregation, int Out) : ReferenceLayer(File)
{
    /// <inheritdoc/>
    public override Node Apply(Node x, HeteroGraph graph) => new RgcnLayer(Name, graph.Schema.EdgeTypes.Count, Out, Aggregation).Apply(x);

    /// <inheritdoc/>
    public override float[] Parameter(string name, string prefix) => Read(prefix, name[2..]);
}
