namespace GraphEngine.Ir;

/// <summary>Functions of two elements.</summary>
public enum BinaryKind
{
    /// <summary>a + b</summary>
    Add,

    /// <summary>a - b</summary>
    Sub,

    /// <summary>a * b</summary>
    Mul,

    /// <summary>a / b</summary>
    Div,

    /// <summary>The larger of both.</summary>
    Max,

    /// <summary>The smaller of both.</summary>
    Min,

    /// <summary>1 where a equals b, else 0: where a maximum was attained.</summary>
    Equal,
}
