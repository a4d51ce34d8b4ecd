using System.Globalization;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Tensors;

namespace GraphEngine.Learning.Verification;

/// <summary>
/// A relational graph attention with one pair of attention vectors: weight [R, in, heads * out]; q at the target and k at the source, [heads * out,
/// heads] block diagonal, so that each head sees its own part; bias [heads * out]; no self loop.
/// </summary>
/// <param name="File">The case.</param>
/// <param name="Out">The width of the result, all heads together.</param>
internal sealed record RgatReference(SafetensorsFile File, int Out) : ReferenceLayer(File)
{
    private int Heads => int.Parse(File.Metadata["heads"], CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override Node Apply(Node x, HeteroGraph graph) => new RgatLayer(Name, Out, Heads, SharedAttention: true, SelfLoop: false).Apply(x);

    /// <inheritdoc/>
    public override float[] Parameter(string name, string prefix) => name switch
    {
        "w.weight" => SplitHeads(Read(prefix, "weight"), (int)File["w.weight"].Shape[1], Heads, Out / Heads),
        "w.attention.source" => Blocks(Read(prefix, "k")),
        "w.attention.target" => Blocks(Read(prefix, "q")),
        _ => Read(prefix, name[2..]),
    };

    /// <summary>The diagonal blocks: row c of head c / width.</summary>
    private float[] Blocks(float[] values) => [.. Enumerable.Range(0, Out).Select(c => values[(c * Heads) + (c / (Out / Heads))])];
}
