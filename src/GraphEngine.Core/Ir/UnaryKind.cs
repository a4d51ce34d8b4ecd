namespace GraphEngine.Ir;

/// <summary>Functions of one element.</summary>
public enum UnaryKind
{
    /// <summary>-x</summary>
    Neg,

    /// <summary>1 / x</summary>
    Reciprocal,

    /// <summary>e^x</summary>
    Exp,

    /// <summary>Natural logarithm.</summary>
    Log,

    /// <summary>Square root.</summary>
    Sqrt,

    /// <summary>max(x, 0)</summary>
    Relu,

    /// <summary>1 where x is positive, else the parameter: the derivative of a leaky ReLU, and with parameter 0 of a ReLU.</summary>
    Step,

    /// <summary>x where positive, else parameter times x.</summary>
    LeakyRelu,

    /// <summary>1 / (1 + e^-x)</summary>
    Sigmoid,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>log(1 + e^x), computed without overflow.</summary>
    Softplus,

    /// <summary>The error function; gelu(x) = x (1 + erf(x / sqrt 2)) / 2.</summary>
    Erf,

    /// <summary>Cosine.</summary>
    Cos,

    /// <summary>Sine.</summary>
    Sin,
}
