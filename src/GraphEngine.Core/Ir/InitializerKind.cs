namespace GraphEngine.Ir;

/// <summary>The distributions of <see cref="Initializer"/>.</summary>
public enum InitializerKind
{
    /// <summary>One value everywhere.</summary>
    Constant,

    /// <summary>Uniform, scaled by fan in and fan out.</summary>
    Glorot,
}
