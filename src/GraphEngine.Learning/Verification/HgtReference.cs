using System.Globalization;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Spaces;
using GraphEngine.Tensors;

namespace GraphEngine.Learning.Verification;

/// <summary>
/// A heterogeneous graph transformer layer: keys, queries and values of a node type in one matrix [3 * width, in] with bias; relation matrices [heads
/// * R, d, d], head by head; priors [1, heads] per edge type. Weights of linears are [out, in]. Nodes of types that no edge points at have no result.
/// </summary>
/// <param name="File">The case.</param>
/// <param name="Graph">The graph.</param>
/// <param name="Out">The width of the result, all heads together.</param>
internal sealed record HgtReference(SafetensorsFile File, HeteroGraph Graph, int Out) : ReferenceLayer(File)
{
    private const string Mask = "mask";

    private static readonly string[] Projections = ["key", "query", "value"];

    private int Heads => int.Parse(File.Metadata["heads"], CultureInfo.InvariantCulture);

    private int In => (int)File["x"].Shape[1];

    private int Types => Graph.Schema.NodeTypes.Count;

    private int Relations => Graph.Schema.EdgeTypes.Count;

    /// <inheritdoc/>
    public override Node Apply(Node x, HeteroGraph graph) =>
        new HgtLayer(Name, Out, Out, Heads).Apply(x) * x.Builder.Input(Mask, Space.NodeTypes, RowShape.Scalar).Along(IndexMap.NodeType);

    /// <inheritdoc/>
    public override float[] Input(string name)
    {
        float[] mask = new float[Types];
        foreach (EdgeType type in Graph.Schema.EdgeTypes)
            mask[Graph.Schema.NodeTypeIndex(type.Target)] = 1;
        return mask;
    }

    /// <inheritdoc/>
    public override float[] Parameter(string name, string prefix)
    {
        string[] parts = name.Split('.');
        int part = Array.IndexOf(Projections, parts[1]);
        return parts[1] switch
        {
            "attention" => ByRelation(Read(prefix, "k_rel.weight")),
            "message" => ByRelation(Read(prefix, "v_rel.weight")),
            "prior" => [.. PriorNames().SelectMany(p => Read(prefix, p))],
            "skip" => Join(t => Read(prefix, $"skip.{TypeName(t)}")),
            "output" when parts[2] == "bias" => Join(t => Read(prefix, $"out_lin.lins.{TypeName(t)}.bias")),
            "output" => Join(t => Transposed(Read(prefix, $"out_lin.lins.{TypeName(t)}.weight"), Out)),
            _ when parts[2] == "bias" => Join(t => Read(prefix, $"kqv_lin.lins.{TypeName(t)}.bias").AsSpan(part * Out, Out).ToArray()),
            _ => Join(t => SplitHeads(Transposed(Read(prefix, $"kqv_lin.lins.{TypeName(t)}.weight").AsSpan(part * Out * In, Out * In).ToArray(), Out), In, Heads, Out / Heads)),
        };
    }

    /// <inheritdoc/>
    public override IEnumerable<TensorPart> Parts(string name, int elements)
    {
        string[] parts = name.Split('.');
        string? tensor = parts[1] switch
        {
            "attention" => "k_rel.weight",
            "message" => "v_rel.weight",
            _ => null,
        };
        if (tensor is not null)
            return [new TensorPart(tensor, 0, elements)];
        string[] tensors = parts[1] switch
        {
            "prior" => PriorNames(),
            "skip" => [.. Enumerable.Range(0, Types).Select(t => $"skip.{TypeName(t)}")],
            "output" => [.. Enumerable.Range(0, Types).Select(t => $"out_lin.lins.{TypeName(t)}.{parts[2]}")],
            _ => [.. Enumerable.Range(0, Types).Select(t => $"kqv_lin.lins.{TypeName(t)}.{parts[2]}")],
        };
        int size = elements / tensors.Length;
        return tensors.Select((t, i) => new TensorPart(t, i * size, size));
    }

    private static string TypeName(int type) => $"n{type}";

    private float[] Join(Func<int, float[]> ofType) => [.. Enumerable.Range(0, Types).SelectMany(ofType)];

    private string[] PriorNames()
    {
        string[][] types = System.Text.Json.JsonSerializer.Deserialize<string[][]>(File.Metadata["edge_types"])!;
        return [.. types.Select(t => $"p_rel.{string.Join("__", t)}")];
    }

    /// <summary>Slices that lie head by head, relation by relation.</summary>
    private float[] ByRelation(float[] values)
    {
        int size = values.Length / (Heads * Relations);
        return [.. Enumerable.Range(0, Relations).SelectMany(r => Enumerable.Range(0, Heads).SelectMany(h => values.AsSpan(((h * Relations) + r) * size, size).ToArray()))];
    }

    /// <summary>A matrix stored [out, in] as [in, out].</summary>
    private static float[] Transposed(float[] values, int rows)
    {
        int columns = values.Length / rows;
        float[] result = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
            result[(i % columns * rows) + (i / columns)] = values[i];
        return result;
    }
}
