namespace GraphEngine.Learning.Models;

/// <summary>How the messages of one relation are combined at a node.</summary>
public enum Aggregation
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their mean: each relation's sum divided by the node's in-degree in that relation.</summary>
    Mean,
}
