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
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or both are 0: the bound would not be finite.</exception>
    public static Initializer Glorot(int fanIn, int fanOut) => fanIn >= 0 && fanOut >= 0 && fanIn + (long)fanOut > 0
        ? new(InitializerKind.Glorot, fanIn, fanOut)
        : throw new ArgumentOutOfRangeException(nameof(fanIn), $"A unit with {fanIn} inputs and {fanOut} outputs has no Glorot bound; give numbers that are not negative, one of them at least 1.");
}
