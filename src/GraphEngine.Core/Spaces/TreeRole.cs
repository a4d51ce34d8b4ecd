namespace GraphEngine.Spaces;

/// <summary>What a space or map is in a balanced reduction.</summary>
public enum TreeRole
{
    /// <summary>The values of a level.</summary>
    Value,

    /// <summary>The pairs of a level.</summary>
    Pair,

    /// <summary>The odd values of a level, or the map from them to all its values.</summary>
    Odd,

    /// <summary>From a pair to its first value.</summary>
    Left,

    /// <summary>From a pair to its second value.</summary>
    Right,

    /// <summary>From a pair to its place at the next level.</summary>
    PairUp,

    /// <summary>From an odd value to its place at the next level.</summary>
    OddUp,

    /// <summary>From the values of the last level to their groups.</summary>
    Root,
}
