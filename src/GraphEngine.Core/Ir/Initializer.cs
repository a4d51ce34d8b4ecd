namespace GraphEngine.Ir;

/// <summary>How a parameter gets its first values.</summary>
/// <param name="Kind">The distribution.</param>
/// <param name="FanIn">The fan in for Glorot initialisation; for <see cref="InitializerKind.Constant"/> unused.</param>
/// <param name="FanOut">The fan out for Glorot initialisation; unused otherwise.</param>
/// <param name="Value">The constant, or a gain on the Glorot bound.</param>
public sealed record Initializer(InitializerKind Kind, int FanIn = 0, int FanOut = 0, float Value = 1)
{
    /// <summary>All zero.</summary>
    public static Initializer Zero { get; } = new(InitializerKind.Constant, Value: 0);

    /// <summary>All the same value.</summary>
    /// <param name="value">The value.</param>
    public static Initializer Constant(float value) => new(InitializerKind.Constant, Value: value);

    /// <summary>Uniform in +-sqrt(6 / (fan in + fan out)); Glorot and Bengio, AISTATS 2010, eq. 16.</summary>
    /// <param name="fanIn">Inputs of each unit.</param>
    /// <param name="fanOut">Outputs of each unit.</param>
    public static Initializer Glorot(int fanIn, int fanOut) => new(InitializerKind.Glorot, fanIn, fanOut);

    /// <summary>
    /// True where the first values are finite numbers: the bound of a unit without inputs and outputs is not, nor has one with less than none.
    /// </summary>
    internal bool IsFinite => Kind == InitializerKind.Constant || (FanIn >= 0 && FanOut >= 0 && FanIn + (long)FanOut > 0);
}
