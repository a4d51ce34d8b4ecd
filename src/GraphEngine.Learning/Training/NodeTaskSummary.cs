namespace GraphEngine.Learning.Training;

/// <summary>What a checkpoint keeps of its task.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="NodeType">The node type classified.</param>
/// <param name="Classes">The class names.</param>
/// <param name="MultiLabel">True when a node may have several classes.</param>
public sealed record NodeTaskSummary(string Name, string NodeType, IReadOnlyList<string> Classes, bool MultiLabel);
