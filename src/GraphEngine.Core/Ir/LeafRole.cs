namespace GraphEngine.Ir;

/// <summary>What a named tensor of a program is.</summary>
public enum LeafRole
{
    /// <summary>Data given from outside; no gradient.</summary>
    Input,

    /// <summary>A trainable parameter.</summary>
    Parameter,

    /// <summary>Kept between runs but not trained: optimiser moments, step counters, memories.</summary>
    State,
}
