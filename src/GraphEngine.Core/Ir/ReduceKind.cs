namespace GraphEngine.Ir;

/// <summary>How many values become one. An empty set gives 0 for both kinds.</summary>
public enum ReduceKind
{
    /// <summary>The sum.</summary>
    Sum,

    /// <summary>The maximum.</summary>
    Max,
}
