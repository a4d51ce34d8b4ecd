using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GraphEngine.Graphs;

namespace GraphEngine.Learning.Training;

/// <summary>What a checkpoint keeps of its graph: weights are told apart by the order of types, and rows of tables by the order of nodes.</summary>
/// <param name="NodeTypes">The node types, in order.</param>
/// <param name="EdgeTypes">The edge types with their ends, in order.</param>
/// <param name="Edges">A hash of the numbers of nodes and of all edges, in order.</param>
public sealed record GraphSummary(IReadOnlyList<string> NodeTypes, IReadOnlyList<string> EdgeTypes, string Edges)
{
    /// <summary>The summary of a graph.</summary>
    /// <param name="graph">The graph.</param>
    public static GraphSummary Of(HeteroGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(graph.NodeOffsets));
        for (int r = 0; r < graph.Schema.EdgeTypes.Count; r++)
        {
            EdgeList edges = graph.EdgesOf(r);
            hash.AppendData(MemoryMarshal.AsBytes<int>([edges.Count]));
            hash.AppendData(MemoryMarshal.AsBytes<int>(edges.Sources));
            hash.AppendData(MemoryMarshal.AsBytes<int>(edges.Targets));
        }
        return new GraphSummary(
            [.. graph.Schema.NodeTypes.Select(t => t.Name)], [.. graph.Schema.EdgeTypes.Select(t => $"{t.Source} {t.Name} {t.Target}")], Convert.ToHexString(hash.GetHashAndReset()));
    }

    /// <summary>True for a graph with the same types in the same order.</summary>
    /// <param name="other">The summary of the other graph.</param>
    public bool HasTypesOf(GraphSummary other) => NodeTypes.SequenceEqual(other.NodeTypes) && EdgeTypes.SequenceEqual(other.EdgeTypes);
}
