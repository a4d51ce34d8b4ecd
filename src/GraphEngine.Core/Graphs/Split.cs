namespace GraphEngine.Graphs;

/// <summary>The part of a task a node belongs to.</summary>
public enum Split : byte
{
    /// <summary>Without a label, or outside the task.</summary>
    None,

    /// <summary>Its label may be learned from.</summary>
    Train,

    /// <summary>Its label may be used to choose and to stop.</summary>
    Valid,

    /// <summary>Its label is looked at once, at the end.</summary>
    Test,
}
