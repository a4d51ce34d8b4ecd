using GraphEngine.Ir;

namespace GraphEngine.Interpreter;

/// <summary>The elementwise functions in double precision.</summary>
internal static class ScalarFunctions
{
    public static double Apply(UnaryKind kind, double x, double parameter) => kind switch
    {
        UnaryKind.Neg => -x,
        UnaryKind.Reciprocal => 1 / x,
        UnaryKind.Exp => Math.Exp(x),
        UnaryKind.Log => Math.Log(x),
        UnaryKind.Sqrt => Math.Sqrt(x),
        UnaryKind.Relu => Math.Max(x, 0),
        UnaryKind.Step => x > 0 ? 1 : parameter,
        UnaryKind.LeakyRelu => x > 0 ? x : parameter * x,
        UnaryKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
        UnaryKind.Tanh => Math.Tanh(x),
        UnaryKind.Softplus => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))),
        UnaryKind.Erf => Erf(x),
        UnaryKind.Cos => Math.Cos(x),
        UnaryKind.Sin => Math.Sin(x),
        _ => throw new IrException($"The function {kind} has no meaning in the interpreter."),
    };

    public static double Apply(BinaryKind kind, double a, double b) => kind switch
    {
        BinaryKind.Add => a + b,
        BinaryKind.Sub => a - b,
        BinaryKind.Mul => a * b,
        BinaryKind.Div => a / b,
        BinaryKind.Max => Math.Max(a, b),
        BinaryKind.Min => Math.Min(a, b),
        BinaryKind.Equal => a == b ? 1 : 0,
        _ => throw new IrException($"The function {kind} has no meaning in the interpreter."),
    };

    /// <summary>Series for small arguments, continued fraction for large ones; Abramowitz and Stegun 7.1.5 and 7.1.14.</summary>
    private static double Erf(double x)
    {
        double a = Math.Abs(x);
        if (double.IsNaN(x))
            return x;
        if (a > 6)
            return Math.Sign(x);
        if (a < 2.5)
        {
            double term = x, sum = x;
            for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }
            return 2 / Math.Sqrt(Math.PI) * sum;
        }
        double fraction = 0;
        for (int n = 80; n >= 1; n--)
            fraction = n / 2.0 / (a + fraction);
        return Math.Sign(x) * (1 - (Math.Exp(-a * a) / Math.Sqrt(Math.PI) / (a + fraction)));
    }
}
