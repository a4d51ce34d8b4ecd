using GraphEngine.Graphs;

namespace GraphEngine.Learning.Training;

/// <summary>What a checkpoint keeps of its task.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="NodeType">The node type classified.</param>
/// <param name="Classes">The class names.</param>
/// <param name="MultiLabel">True when a node may have several classes.</param>
public sealed record NodeTaskSummary(string Name, string NodeType, IReadOnlyList<string> Classes, bool MultiLabel)
{
    /// <summary>The summary of a task.</summary>
    /// <param name="task">The task.</param>
    public static NodeTaskSummary Of(NodeTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return new NodeTaskSummary(task.Name, task.NodeType, task.Classes, task.MultiLabel);
    }

    /// <summary>True where scores of one task are scores of the other: what is classified, and the classes in their order.</summary>
    /// <param name="other">The other task.</param>
    public bool IsOf(NodeTaskSummary other) => (Name, NodeType, MultiLabel) == (other.Name, other.NodeType, other.MultiLabel) && Classes.SequenceEqual(other.Classes);
}
