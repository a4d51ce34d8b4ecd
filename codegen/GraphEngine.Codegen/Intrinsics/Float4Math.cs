using GraphEngine.Tensors;

namespace GraphEngine.Codegen.Intrinsics;

/// <summary>The functions of <see cref="Device"/> on four floats. ILGPU inlines them, so that nothing but registers is left.</summary>
public static class Float4Math
{
    /// <summary>a b + c with one rounding.</summary>
    /// <param name="a">One factor for all four.</param>
    /// <param name="b">The other factors.</param>
    /// <param name="c">Addends.</param>
    public static Float4 Fma(float a, Float4 b, Float4 c) =>
        new() { X = Device.Fma(a, b.X, c.X), Y = Device.Fma(a, b.Y, c.Y), Z = Device.Fma(a, b.Z, c.Z), W = Device.Fma(a, b.W, c.W) };

    /// <summary>The sum of the four.</summary>
    /// <param name="x">The floats.</param>
    public static float Sum(Float4 x) => x.X + x.Y + (x.Z + x.W);

    /// <summary>The largest of the four.</summary>
    /// <param name="x">The floats.</param>
    public static float MaxOf(Float4 x) => Device.Max(Device.Max(x.X, x.Y), Device.Max(x.Z, x.W));

    /// <summary>One of four by a number known at run time.</summary>
    /// <param name="x">The floats.</param>
    /// <param name="index">0 to 3.</param>
    public static float At(Float4 x, int index) => index == 0 ? x.X : index == 1 ? x.Y : index == 2 ? x.Z : x.W;

    /// <summary>The exponential function.</summary>
    /// <param name="x">The arguments.</param>
    public static Float4 Exp(Float4 x) => new() { X = Device.Exp(x.X), Y = Device.Exp(x.Y), Z = Device.Exp(x.Z), W = Device.Exp(x.W) };

    /// <summary>The natural logarithm.</summary>
    /// <param name="x">The arguments.</param>
    public static Float4 Log(Float4 x) => new() { X = Device.Log(x.X), Y = Device.Log(x.Y), Z = Device.Log(x.Z), W = Device.Log(x.W) };

    /// <summary>The square root.</summary>
    /// <param name="x">The arguments.</param>
    public static Float4 Sqrt(Float4 x) => new() { X = Device.Sqrt(x.X), Y = Device.Sqrt(x.Y), Z = Device.Sqrt(x.Z), W = Device.Sqrt(x.W) };

    /// <summary>The sine.</summary>
    /// <param name="x">The angles.</param>
    public static Float4 Sin(Float4 x) => new() { X = Device.Sin(x.X), Y = Device.Sin(x.Y), Z = Device.Sin(x.Z), W = Device.Sin(x.W) };

    /// <summary>The cosine.</summary>
    /// <param name="x">The angles.</param>
    public static Float4 Cos(Float4 x) => new() { X = Device.Cos(x.X), Y = Device.Cos(x.Y), Z = Device.Cos(x.Z), W = Device.Cos(x.W) };

    /// <summary>The logistic function.</summary>
    /// <param name="x">The arguments.</param>
    public static Float4 Sigmoid(Float4 x) =>
        new() { X = Device.Sigmoid(x.X), Y = Device.Sigmoid(x.Y), Z = Device.Sigmoid(x.Z), W = Device.Sigmoid(x.W) };

    /// <summary>The hyperbolic tangent.</summary>
    /// <param name="x">The arguments.</param>
    public static Float4 Tanh(Float4 x) => new() { X = Device.Tanh(x.X), Y = Device.Tanh(x.Y), Z = Device.Tanh(x.Z), W = Device.Tanh(x.W) };

    /// <summary>The error function.</summary>
    /// <param name="x">The arguments.</param>
    public static Float4 Erf(Float4 x) => new() { X = Device.Erf(x.X), Y = Device.Erf(x.Y), Z = Device.Erf(x.Z), W = Device.Erf(x.W) };

    /// <summary>log(1 + e^x)</summary>
    /// <param name="x">The arguments.</param>
    public static Float4 Softplus(Float4 x) =>
        new() { X = Device.Softplus(x.X), Y = Device.Softplus(x.Y), Z = Device.Softplus(x.Z), W = Device.Softplus(x.W) };

    /// <summary>The larger of two values, four times.</summary>
    /// <param name="a">First values.</param>
    /// <param name="b">Second values.</param>
    public static Float4 Max(Float4 a, Float4 b) =>
        new() { X = Device.Max(a.X, b.X), Y = Device.Max(a.Y, b.Y), Z = Device.Max(a.Z, b.Z), W = Device.Max(a.W, b.W) };

    /// <summary>The smaller of two values, four times.</summary>
    /// <param name="a">First values.</param>
    /// <param name="b">Second values.</param>
    public static Float4 Min(Float4 a, Float4 b) =>
        new() { X = Device.Min(a.X, b.X), Y = Device.Min(a.Y, b.Y), Z = Device.Min(a.Z, b.Z), W = Device.Min(a.W, b.W) };

    /// <summary>1 where two values are equal, else 0.</summary>
    /// <param name="a">First values.</param>
    /// <param name="b">Second values.</param>
    public static Float4 Equal(Float4 a, Float4 b) => new()
    {
        X = a.X == b.X ? 1f : 0f,
        Y = a.Y == b.Y ? 1f : 0f,
        Z = a.Z == b.Z ? 1f : 0f,
        W = a.W == b.W ? 1f : 0f,
    };

    /// <summary>One value where x is positive, another elsewhere.</summary>
    /// <param name="x">What is tested.</param>
    /// <param name="positive">The values where it is positive.</param>
    /// <param name="other">The values elsewhere.</param>
    public static Float4 Select(Float4 x, Float4 positive, Float4 other) => new()
    {
        X = x.X > 0f ? positive.X : other.X,
        Y = x.Y > 0f ? positive.Y : other.Y,
        Z = x.Z > 0f ? positive.Z : other.Z,
        W = x.W > 0f ? positive.W : other.W,
    };

    /// <summary>Columns of a unit vector.</summary>
    /// <param name="first">The first of the four columns.</param>
    /// <param name="column">The column that is 1.</param>
    public static Float4 OneHot(int first, int column) => new()
    {
        X = first == column ? 1f : 0f,
        Y = first + 1 == column ? 1f : 0f,
        Z = first + 2 == column ? 1f : 0f,
        W = first + 3 == column ? 1f : 0f,
    };

    /// <summary>The numbers of four columns.</summary>
    /// <param name="first">The first of the four columns.</param>
    public static Float4 Columns(int first) => new() { X = first, Y = first + 1, Z = first + 2, W = first + 3 };

    /// <summary>Dropout: zero where the random bits of an element are below the threshold.</summary>
    /// <param name="x">The values, scaled already.</param>
    /// <param name="key">A key of <see cref="CounterRandom.Key"/>.</param>
    /// <param name="first">The number of the first element.</param>
    /// <param name="threshold">The smallest number that is kept.</param>
    public static Float4 Keep(Float4 x, uint key, uint first, uint threshold) => new()
    {
        X = CounterRandom.Bits(key, first) >= threshold ? x.X : 0f,
        Y = CounterRandom.Bits(key, first + 1) >= threshold ? x.Y : 0f,
        Z = CounterRandom.Bits(key, first + 2) >= threshold ? x.Z : 0f,
        W = CounterRandom.Bits(key, first + 3) >= threshold ? x.W : 0f,
    };
}
