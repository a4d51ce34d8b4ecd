using GraphEngine.Graphs;

namespace GraphEngine.Cli.Reports;

/// <summary>The result of <c>data info</c>.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Folder">Where it is.</param>
/// <param name="Licence">The terms.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Nodes">The number of nodes.</param>
/// <param name="Edges">The number of edges.</param>
/// <param name="SourceGroups">Unique (edge type, source) pairs.</param>
/// <param name="TargetGroups">Unique (edge type, target) pairs.</param>
/// <param name="NodeTypes">The node types.</param>
/// <param name="EdgeTypes">The edge types.</param>
/// <param name="Tasks">The tasks.</param>
internal sealed record DataInfoReport(
    string Name, string Folder, string Licence, string Source, int Nodes, int Edges, int SourceGroups, int TargetGroups,
    IReadOnlyList<DataInfoReport.NodeTypeReport> NodeTypes, IReadOnlyList<DataInfoReport.EdgeTypeReport> EdgeTypes, IReadOnlyList<DataInfoReport.TaskReport> Tasks)
{
    /// <summary>A node type.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Count">Its nodes.</param>
    /// <param name="Features">The width of their features; 0 for none.</param>
    internal sealed record NodeTypeReport(string Name, int Count, int Features);

    /// <summary>An edge type.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Source">The node type its edges leave.</param>
    /// <param name="Target">The node type they reach.</param>
    /// <param name="Count">Its edges.</param>
    internal sealed record EdgeTypeReport(string Name, string Source, string Target, int Count);

    /// <summary>A task.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="NodeType">The node type classified.</param>
    /// <param name="Classes">The number of classes.</param>
    /// <param name="MultiLabel">True when a node may have several.</param>
    /// <param name="Train">Training nodes.</param>
    /// <param name="Valid">Validation nodes.</param>
    /// <param name="Test">Test nodes.</param>
    internal sealed record TaskReport(string Name, string NodeType, int Classes, bool MultiLabel, int Train, int Valid, int Test);

    /// <summary>Describes a data set.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="folder">Where it is.</param>
    public static DataInfoReport Of(GraphData data, string folder)
    {
        HeteroGraph graph = data.Graph;
        return new DataInfoReport(
            data.Name, folder, data.Licence, data.Source, graph.NodeCount, graph.EdgeCount,
            graph.Topology.Count(Spaces.Space.SourceGroups), graph.Topology.Count(Spaces.Space.TargetGroups),
            [.. graph.Schema.NodeTypes.Select((t, i) => new NodeTypeReport(t.Name, graph.NodeCountOf(i), t.Features))],
            [.. graph.Schema.EdgeTypes.Select((t, i) => new EdgeTypeReport(t.Name, t.Source, t.Target, graph.EdgesOf(i).Count))],
            [.. data.Tasks.Select(t => new TaskReport(t.Name, t.NodeType, t.Classes.Count, t.MultiLabel, Count(t, Split.Train), Count(t, Split.Valid), Count(t, Split.Test)))]);
    }

    private static int Count(NodeTask task, Split part) => task.Splits.Count(s => s == part);
}
